#include "engine/backup/restore.h"

#include <fcntl.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/backup/timeline_promises.h"
#include "engine/base/status.h"
#include "engine/storage/posix_file.h"
#include "engine/storage/store_folder.h"

namespace annals {
namespace {

namespace fs = std::filesystem;
using storage::PosixFile;

// A store's FORMAT before it is one.
constexpr char kUnderWay[] = "RESTORING";
constexpr char kFormat[] = "FORMAT";

absl::Status Failed(const std::error_code& error, absl::string_view what) {
  return absl::ErrnoToStatus(error.value(), absl::StrCat("can't ", what));
}

absl::Status SyncParentOf(const std::string& path) {
  fs::path whole = fs::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return storage::SyncFolder(whole.parent_path().string());
}

// An empty folder, but for the mark that it is being restored.
absl::Status ClaimFolder(const std::string& path) {
  std::error_code error;
  const fs::path mark = fs::path(path) / kUnderWay;
  if (fs::exists(mark, error)) {
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (entry.path() != mark && !error) fs::remove_all(entry.path(), error);
    }
    if (error) return Failed(error, "clear what an earlier restore left");
  } else {
    fs::create_directory(path, error);
    if (error) return Failed(error, "make the folder");
    if (!fs::is_empty(path, error)) {
      return absl::FailedPreconditionError(
          "the folder isn't empty: name a new or an empty folder, and leave the one that you "
          "restore for as it is until the new one is verified");
    }
    ANNALS_RETURN_IF_ERROR(storage::WriteNewFile(mark.string(), ""));
    ANNALS_RETURN_IF_ERROR(SyncParentOf(path));
  }
  fs::create_directory(fs::path(path) / "db", error);
  if (error) return Failed(error, "make the folder db");
  return storage::SyncFolder(path);
}

absl::Status CopyFiles(const BackupFolder& folder, const v1::Backup& backup,
                       const std::string& path, const ByteProgress& progress) {
  uint64_t total = 0;
  for (const v1::StoreFile& file : backup.files()) total += file.bytes();
  uint64_t done = 0;
  // The database first: HEAD says what it has.
  for (auto each = backup.files().rbegin(); each != backup.files().rend(); ++each) {
    const v1::StoreFile& file = *each;
    const std::string name = file.path() == kFormat ? kUnderWay : file.path();
    ANNALS_ASSIGN_OR_RETURN(
        PosixFile to, PosixFile::Open(absl::StrCat(path, "/", name), O_WRONLY | O_CREAT | O_TRUNC));
    uint64_t offset = 0;
    const auto write = [&](absl::string_view piece) -> absl::Status {
      ANNALS_RETURN_IF_ERROR(to.WriteAt(offset, piece));
      offset += piece.size();
      done += piece.size();
      if (progress) progress(done, total);
      return absl::OkStatus();
    };
    ANNALS_RETURN_IF_ERROR(Annotate(folder.pool().Read(file.sha256(), file.bytes(), write),
                                    absl::StrCat("backup ", backup.id(), ", ", file.path())));
    ANNALS_RETURN_IF_ERROR(to.Sync());
  }
  ANNALS_RETURN_IF_ERROR(storage::SyncFolder(path + "/db"));
  return storage::SyncFolder(path);
}

// From here on it is a store.
absl::Status MakeStore(const std::string& path) {
  std::error_code error;
  fs::rename(fs::path(path) / kUnderWay, fs::path(path) / kFormat, error);
  if (error) return Failed(error, "rename RESTORING to FORMAT");
  return storage::SyncFolder(path);
}

absl::Status Verify(const v1::Backup& backup, const std::string& path) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<storage::StoreFolder> store,
                          storage::StoreFolder::Open(path, {}));
  return Annotate(CheckKeepsPromises(*store->database(), backup),
                  absl::StrCat("store \"", path, "\", restored from backup ", backup.id()));
}

}  // namespace

absl::Status RestoreBackup(const BackupFolder& folder, const v1::Backup& backup,
                           const std::string& path, const ByteProgress& progress) {
  ANNALS_RETURN_IF_ERROR(Annotate(ClaimFolder(path), absl::StrCat("\"", path, "\"")));
  ANNALS_RETURN_IF_ERROR(CopyFiles(folder, backup, path, progress));
  ANNALS_RETURN_IF_ERROR(MakeStore(path));
  return Verify(backup, path);
}

}  // namespace annals
