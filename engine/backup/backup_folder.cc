#include "engine/backup/backup_folder.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "engine/backup/store_path.h"
#include "engine/backup/timeline_promises.h"
#include "engine/base/status.h"
#include "engine/storage/posix_file.h"
#include "google/protobuf/util/json_util.h"

namespace annals {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kFormat = "annals backups 1\n";

std::string Where(const std::string& path) { return absl::StrCat("backups \"", path, "\""); }

absl::Status Failed(const std::error_code& error, absl::string_view what) {
  return absl::ErrnoToStatus(error.value(), absl::StrCat("can't ", what));
}

absl::Status CheckFormat(const std::string& path) {
  const absl::StatusOr<std::string> format = storage::ReadSmallFile(path + "/BACKUPS");
  if (absl::IsNotFound(format.status())) {
    return absl::NotFoundError(
        absl::StrCat("no backups there; `annals backup ", path, "` makes one"));
  }
  if (!format.ok()) return format.status();
  if (*format == kFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "its BACKUPS says that a newer program made it, or is damaged: it should read \"annals "
      "backups 1\"");
}

// BACKUPS comes last: a folder without it is made anew.
absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  if (fs::exists(path + "/BACKUPS", error)) return absl::OkStatus();
  fs::create_directory(path, error);
  if (error) return Failed(error, "make the folder");
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    if (name == "LOCK" || name == "files" || name == "backups") continue;
    return absl::FailedPreconditionError(
        "the folder holds other files: name a new or an empty folder");
  }
  for (const absl::string_view folder : {"files", "backups"}) {
    if (!error) fs::create_directory(absl::StrCat(path, "/", folder), error);
  }
  if (error) return Failed(error, "make the folder");
  ANNALS_RETURN_IF_ERROR(storage::SyncFolder(path));
  ANNALS_RETURN_IF_ERROR(storage::WriteNewFile(path + "/BACKUPS", kFormat));
  return storage::SyncFolder(path);
}

absl::StatusOr<std::unique_ptr<storage::FolderLock>> Lock(const std::string& path,
                                                          BackupFolder::Access access) {
  if (access == BackupFolder::Access::kList) return std::unique_ptr<storage::FolderLock>();
  auto lock = storage::FolderLock::Acquire(path + "/LOCK");
  // Nobody adds to what can't be written to.
  if (access == BackupFolder::Access::kRead && !lock.ok() && !absl::IsUnavailable(lock.status())) {
    return std::unique_ptr<storage::FolderLock>();
  }
  return lock;
}

// What the image says of its files is somebody else's word.
absl::Status CheckImage(const v1::Backup& backup) {
  for (const v1::StoreFile& file : backup.files()) {
    ANNALS_RETURN_IF_ERROR(CheckStorePath(file.path()));
    if (file.sha256().empty() || ContentHash::IsOne(file.sha256())) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("\"", file.sha256(), "\" is no SHA-256 of a file"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<BackupFolder>> BackupFolder::Open(const std::string& path,
                                                                 Access access) {
  const auto open = [&]() -> absl::StatusOr<std::unique_ptr<BackupFolder>> {
    if (access == Access::kWrite) ANNALS_RETURN_IF_ERROR(MakeFolder(path));
    ANNALS_RETURN_IF_ERROR(CheckFormat(path));
    ANNALS_ASSIGN_OR_RETURN(auto lock, Lock(path, access));
    return std::unique_ptr<BackupFolder>(new BackupFolder(path, std::move(lock)));
  };
  absl::StatusOr<std::unique_ptr<BackupFolder>> folder = open();
  if (folder.ok()) return folder;
  return Annotate(folder.status(), Where(path));
}

std::string BackupFolder::ListPath(uint64_t id) const {
  return absl::StrCat(path_, "/backups/", id);
}

absl::StatusOr<std::vector<uint64_t>> BackupFolder::Ids() const {
  std::error_code error;
  std::vector<uint64_t> ids;
  for (const auto& entry : fs::directory_iterator(path_ + "/backups", error)) {
    uint64_t id = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &id)) ids.push_back(id);
  }
  if (error) return Failed(error, absl::StrCat("read ", path_, "/backups"));
  std::sort(ids.begin(), ids.end());
  return ids;
}

absl::StatusOr<v1::Backup> BackupFolder::ReadList(uint64_t id) const {
  ANNALS_ASSIGN_OR_RETURN(const std::string text, storage::ReadSmallFile(ListPath(id)));
  const absl::string_view hash = absl::StripSuffix(text, "\n");
  if (!ContentHash::IsOne(hash)) {
    return absl::DataLossError(absl::StrCat(ListPath(id), ": should hold a SHA-256"));
  }
  std::error_code error;
  const uint64_t bytes = fs::file_size(pool_.PathOf(hash), error);
  std::string json;
  ANNALS_RETURN_IF_ERROR(Annotate(pool_.Read(hash, error ? 0 : bytes,
                                             [&](absl::string_view piece) {
                                               absl::StrAppend(&json, piece);
                                               return absl::OkStatus();
                                             }),
                                  absl::StrCat("the list of backup ", id)));
  v1::Backup backup;
  if (!google::protobuf::util::JsonStringToMessage(json, &backup).ok() || backup.id() != id) {
    return absl::DataLossError(absl::StrCat(pool_.PathOf(hash), ": isn't the list of backup ", id));
  }
  ANNALS_RETURN_IF_ERROR(CheckImage(backup));
  return backup;
}

absl::StatusOr<std::vector<BackupFolder::Listed>> BackupFolder::List() const {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Ids());
  std::vector<Listed> all;
  for (const uint64_t id : ids) all.push_back({id, ReadList(id)});
  return all;
}

absl::StatusOr<v1::Backup> BackupFolder::Find(std::optional<uint64_t> id) const {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Ids());
  if (ids.empty()) {
    return absl::NotFoundError(absl::StrCat(Where(path_), ": none was finished yet"));
  }
  const uint64_t wanted = id.value_or(ids.back());
  if (std::find(ids.begin(), ids.end(), wanted) != ids.end()) {
    absl::StatusOr<v1::Backup> backup = ReadList(wanted);
    if (backup.ok() || ids.size() == 1) return backup;
    return Annotate(backup.status(), absl::StrCat("of ", ids.size(), " backups"));
  }
  return absl::NotFoundError(absl::StrCat(Where(path_), ": there is no backup ", wanted,
                                          "; there are ", absl::StrJoin(ids, ", ")));
}

v1::BackupRequest BackupFolder::Known() const {
  v1::BackupRequest request;
  // Whatever is wrong with it, all is copied then.
  const absl::StatusOr<v1::Backup> last = Find(std::nullopt);
  if (!last.ok()) return request;
  for (const v1::StoreFile& file : last->files()) {
    if (file.fingerprint().empty() || !pool_.Has(file.sha256(), file.bytes())) continue;
    *request.add_known() = file;
  }
  return request;
}

absl::StatusOr<v1::Backup> BackupFolder::Add(ImageReader* reader, const ByteProgress& progress) {
  ANNALS_ASSIGN_OR_RETURN(std::optional<v1::BackupResponse> first, reader->Next());
  if (!first || !first->has_backup()) {
    return absl::DataLossError("the answer doesn't begin with the store's files");
  }
  v1::Backup backup = std::move(*first->mutable_backup());
  ANNALS_RETURN_IF_ERROR(CheckImage(backup));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Ids());
  backup.set_id(ids.empty() ? 1 : ids.back() + 1);
  // Of a last backup that can't be read nothing can be said: this one takes its place.
  const absl::StatusOr<v1::Backup> last = Find(std::nullopt);
  if (last.ok()) {
    ANNALS_RETURN_IF_ERROR(Annotate(CheckContinues(*last, backup), Where(path_)));
  }
  ANNALS_RETURN_IF_ERROR(TakeFiles(reader, progress, &backup));
  ANNALS_RETURN_IF_ERROR(Enter(backup));
  return backup;
}

absl::Status BackupFolder::TakeFiles(ImageReader* reader, const ByteProgress& progress,
                                     v1::Backup* backup) {
  uint64_t total = 0;
  for (const v1::StoreFile& file : backup->files()) total += file.bytes();
  uint64_t done = 0;
  for (v1::StoreFile& file : *backup->mutable_files()) {
    if (!file.sha256().empty()) {
      if (!pool_.Has(file.sha256(), file.bytes())) {
        return absl::AbortedError(
            absl::StrCat(pool_.PathOf(file.sha256()), " vanished meanwhile: try again"));
      }
      done += file.bytes();
      continue;
    }
    ANNALS_ASSIGN_OR_RETURN(FilePool::Writer writer, pool_.Begin());
    for (uint64_t taken = 0; taken < file.bytes();) {
      ANNALS_ASSIGN_OR_RETURN(const std::optional<v1::BackupResponse> piece, reader->Next());
      if (!piece || piece->data().empty() || piece->data().size() > file.bytes() - taken) {
        return absl::DataLossError(absl::StrCat(file.path(), ": its contents were sent in part"));
      }
      ANNALS_RETURN_IF_ERROR(writer.Add(piece->data()));
      taken += piece->data().size();
      done += piece->data().size();
      if (progress) progress(done, total);
    }
    ANNALS_ASSIGN_OR_RETURN(*file.mutable_sha256(), writer.Finish());
  }
  // A stream that broke off after the last file is none that ended.
  ANNALS_ASSIGN_OR_RETURN(const std::optional<v1::BackupResponse> rest, reader->Next());
  if (rest) return absl::DataLossError("more was sent than the store's files have");
  return absl::OkStatus();
}

absl::Status BackupFolder::Enter(const v1::Backup& backup) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(backup, &json, options).ok()) {
    return absl::InvalidArgumentError("a timeline's name is no text");
  }
  ANNALS_ASSIGN_OR_RETURN(FilePool::Writer writer, pool_.Begin());
  ANNALS_RETURN_IF_ERROR(writer.Add(json));
  ANNALS_ASSIGN_OR_RETURN(const std::string hash, writer.Finish());
  ANNALS_RETURN_IF_ERROR(pool_.Sync());
  const std::string fresh = path_ + "/backups/new";
  std::error_code error;
  fs::remove(fresh, error);
  ANNALS_RETURN_IF_ERROR(storage::WriteNewFile(fresh, absl::StrCat(hash, "\n")));
  // From here on it is there.
  fs::rename(fresh, ListPath(backup.id()), error);
  if (error) return Failed(error, absl::StrCat("rename ", fresh));
  return storage::SyncFolder(path_ + "/backups");
}

absl::StatusOr<size_t> BackupFolder::KeepLast(size_t count) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Ids());
  const size_t keep = std::max<size_t>(count, 1);
  const size_t old = ids.size() > keep ? ids.size() - keep : 0;
  std::error_code error;
  for (size_t i = 0; i < old; ++i) {
    fs::remove(ListPath(ids[i]), error);
    if (error) return Failed(error, absl::StrCat("remove ", ListPath(ids[i])));
  }
  ANNALS_RETURN_IF_ERROR(storage::SyncFolder(path_ + "/backups"));
  ANNALS_RETURN_IF_ERROR(Clear());
  return old;
}

absl::Status BackupFolder::Clear() const {
  std::set<std::string> needed;
  ANNALS_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Ids());
  for (const uint64_t id : ids) {
    ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup, ReadList(id));
    for (const v1::StoreFile& file : backup.files()) needed.insert(file.sha256());
    ANNALS_ASSIGN_OR_RETURN(const std::string hash, storage::ReadSmallFile(ListPath(id)));
    needed.insert(std::string(absl::StripSuffix(hash, "\n")));
  }
  return pool_.KeepOnly(needed);
}

absl::Status BackupFolder::Check(const v1::Backup& backup, const ByteProgress& progress) const {
  uint64_t total = 0;
  for (const v1::StoreFile& file : backup.files()) total += file.bytes();
  uint64_t done = 0;
  for (const v1::StoreFile& file : backup.files()) {
    const auto take = [&](absl::string_view piece) {
      done += piece.size();
      if (progress) progress(done, total);
      return absl::OkStatus();
    };
    ANNALS_RETURN_IF_ERROR(Annotate(pool_.Read(file.sha256(), file.bytes(), take),
                                    absl::StrCat("backup ", backup.id(), ", ", file.path())));
  }
  return absl::OkStatus();
}

}  // namespace annals
