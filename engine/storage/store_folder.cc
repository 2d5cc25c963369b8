#include "engine/storage/store_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/storage/posix_file.h"
#include "engine/storage/recovery_check.h"

namespace annals::storage {
namespace {

constexpr absl::string_view kFormatPrefix = "annals store ";
// Version 2 has rows of look-ups that hold several positions; what version 1 has reads
// the same in it.
constexpr int kFormatVersion = 2;

std::string FormatText() { return absl::StrCat(kFormatPrefix, kFormatVersion, "\n"); }

std::string FormatPath(const std::string& path) { return path + "/FORMAT"; }
std::string LockPath(const std::string& path) { return path + "/LOCK"; }
std::string HeadPath(const std::string& path) { return path + "/HEAD"; }
std::string DatabasePath(const std::string& path) { return path + "/db"; }

std::string Where(const std::string& path) { return absl::StrCat("store \"", path, "\""); }

// Which of those that this program knows.
absl::StatusOr<int> ReadFormat(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadSmallFile(FormatPath(path));
  if (absl::IsNotFound(text.status())) {
    // Without a commit it may be a store whose making was broken off.
    const auto head = DurableHead::Open(HeadPath(path));
    if (head.ok() && (*head)->last().number > 0) {
      return absl::DataLossError("FORMAT is missing, though HEAD tells of acknowledged events");
    }
    return absl::NotFoundError(
        absl::StrCat("no store there; `annals init --store ", path, "` makes one"));
  }
  if (!text.ok()) return text.status();
  absl::string_view rest = *text;
  int version = 0;
  if (!absl::ConsumePrefix(&rest, kFormatPrefix) || !absl::ConsumeSuffix(&rest, "\n") ||
      !absl::SimpleAtoi(rest, &version) || version < 1) {
    return absl::DataLossError(
        absl::StrCat("FORMAT is damaged: it should read \"annals store ", kFormatVersion, "\""));
  }
  if (version > kFormatVersion) {
    return absl::FailedPreconditionError(absl::StrCat("its format is version ", version,
                                                      ", and this program reads up to version ",
                                                      kFormatVersion, ": use a newer program"));
  }
  return version;
}

// Whole or not at all, by a rename.
absl::Status WriteFormat(const std::string& path) {
  const std::string draft = FormatPath(path) + ".new";
  std::error_code error;
  std::filesystem::remove(draft, error);  // Of one that was interrupted.
  ANNALS_RETURN_IF_ERROR(WriteNewFile(draft, FormatText()));
  std::filesystem::rename(draft, FormatPath(path), error);
  if (error) return absl::ErrnoToStatus(error.value(), "can't rename FORMAT.new to FORMAT");
  return SyncFolder(path);
}

// Makes the folder, or accepts an empty one.
absl::Status ClaimFolder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(FormatPath(path), error)) {
    return absl::AlreadyExistsError("there is a store already");
  }
  std::filesystem::create_directory(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "can't make the folder");
  const bool empty = std::filesystem::is_empty(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "can't read the folder");
  if (!empty) {
    return absl::FailedPreconditionError(
        "the folder holds other files, and no whole store: name a new or an empty folder");
  }
  return absl::OkStatus();
}

absl::Status CreateStore(const std::string& path) {
  ANNALS_RETURN_IF_ERROR(ClaimFolder(path));
  ANNALS_ASSIGN_OR_RETURN(const auto lock, FolderLock::Acquire(LockPath(path)));
  ANNALS_RETURN_IF_ERROR(
      Database::Open(DatabasePath(path), /*create_if_missing=*/true, {}).status());
  ANNALS_RETURN_IF_ERROR(DurableHead::Create(HeadPath(path)));
  ANNALS_RETURN_IF_ERROR(SyncFolder(path));
  // FORMAT comes last: it makes the folder a store.
  ANNALS_RETURN_IF_ERROR(WriteFormat(path));
  std::filesystem::path parent = std::filesystem::absolute(path).lexically_normal();
  if (!parent.has_filename()) parent = parent.parent_path();
  return SyncFolder(parent.parent_path().string());
}

// Opening in earnest drops what recovery could not use, so the check is made
// first, on a database that is recovered in memory only: a store that is refused
// is left as it was found.
absl::StatusOr<std::unique_ptr<Database>> OpenChecked(const std::string& path,
                                                      const CommitRecord& head,
                                                      Database::Options options) {
  options.read_only = true;
  absl::StatusOr<std::unique_ptr<Database>> look =
      Database::Open(DatabasePath(path), /*create_if_missing=*/false, options);
  if (absl::IsNotFound(look.status())) return absl::DataLossError(look.status().message());
  if (!look.ok()) return look.status();
  ANNALS_RETURN_IF_ERROR(CheckHead(**look, head));
  ANNALS_RETURN_IF_ERROR(CheckEventCount(**look));
  look->reset();
  options.read_only = false;
  return Database::Open(DatabasePath(path), /*create_if_missing=*/false, options);
}

}  // namespace

absl::Status StoreFolder::Create(const std::string& path) {
  return Annotate(CreateStore(path), Where(path));
}

StoreFolder::StoreFolder(std::string path, std::unique_ptr<FolderLock> lock,
                         std::unique_ptr<DurableHead> head, std::unique_ptr<Database> database,
                         Durability durability)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      database_(std::move(database)),
      durability_(durability),
      head_(std::move(head)),
      last_(head_->last()) {}

StoreFolder::~StoreFolder() {
  // Whoever must know whether it succeeds calls it himself.
  Sync().IgnoreError();
}

absl::StatusOr<std::unique_ptr<StoreFolder>> StoreFolder::Open(const std::string& path,
                                                               const Database::Options& options) {
  const auto open = [&]() -> absl::StatusOr<std::unique_ptr<StoreFolder>> {
    ANNALS_ASSIGN_OR_RETURN(const int version, ReadFormat(path));
    ANNALS_ASSIGN_OR_RETURN(auto lock, FolderLock::Acquire(LockPath(path)));
    ANNALS_ASSIGN_OR_RETURN(auto head, DurableHead::Open(HeadPath(path)));
    ANNALS_ASSIGN_OR_RETURN(auto database, OpenChecked(path, head->last(), options));
    ANNALS_ASSIGN_OR_RETURN(const CommitRecord recovered, ReadCommit(*database));
    // What was recovered can be read from now on, so it must not get lost
    // unnoticed either; and slots that were bad are made good.
    const int records = std::max(head->bad_slots(), recovered == head->last() ? 0 : 1);
    for (int i = 0; i < records; ++i) {
      ANNALS_RETURN_IF_ERROR(head->Advance(recovered));
      ANNALS_RETURN_IF_ERROR(head->Sync());
    }
    // An older program mustn't read what this one is about to write.
    if (version < kFormatVersion) ANNALS_RETURN_IF_ERROR(WriteFormat(path));
    return std::unique_ptr<StoreFolder>(
        new StoreFolder(path, std::move(lock), std::move(head), std::move(database),
                        options.unsafe_no_sync ? Durability::kBuffered : Durability::kSynced));
  };
  absl::StatusOr<std::unique_ptr<StoreFolder>> folder = open();
  if (folder.ok()) return folder;
  const absl::Status status = Annotate(folder.status(), Where(path));
  if (!absl::IsDataLoss(status)) return status;
  return absl::DataLossError(absl::StrCat(status.message(),
                                          ". Copy the whole folder before you try anything; then "
                                          "restore it from a backup, or save what "
                                          "there is of it by `annals repair --store ",
                                          path, " --to NEWDIR`"));
}

CommitRecord StoreFolder::last_commit() const {
  MutexLock hold(&mutex_);
  return last_;
}

absl::Status StoreFolder::CheckNotFailed() const {
  if (!failed_) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(Where(path_), ": a former write failed: close the store and open it again"));
}

absl::Status StoreFolder::Commit(Batch batch, CommitRecord record) {
  MutexLock hold(&mutex_);
  record.number = last_.number + 1;
  return Write(std::move(batch), record, durability_);
}

absl::Status StoreFolder::CommitAside(Batch batch) {
  MutexLock hold(&mutex_);
  CommitRecord record = last_;
  ++record.number;
  // The log's sync takes along whatever was written to it before.
  return Write(std::move(batch), record, Durability::kSynced);
}

absl::Status StoreFolder::Write(Batch batch, const CommitRecord& record, Durability durability) {
  ANNALS_RETURN_IF_ERROR(CheckNotFailed());
  batch.Put(Family::kMeta, kCommitKey, EncodeCommitRecord(record));
  failed_ = true;
  ANNALS_RETURN_IF_ERROR(Annotate(database_->Write(std::move(batch), durability), Where(path_)));
  // The head never says more than the disk has. It needn't be on disk itself before the
  // commit is acknowledged: docs/decisions/0013-the-head-follows.md.
  if (durability == Durability::kSynced) {
    ANNALS_RETURN_IF_ERROR(Annotate(head_->Advance(record), Where(path_)));
  }
  last_ = record;
  failed_ = false;
  return absl::OkStatus();
}

absl::Status StoreFolder::Sync() {
  {
    MutexLock hold(&mutex_);
    ANNALS_RETURN_IF_ERROR(CheckNotFailed());
    if (last_ != head_->last()) {
      failed_ = true;
      ANNALS_RETURN_IF_ERROR(Annotate(database_->SyncLog(), Where(path_)));
      ANNALS_RETURN_IF_ERROR(Annotate(head_->Advance(last_), Where(path_)));
      failed_ = false;
    }
  }
  return Annotate(head_->Sync(), Where(path_));
}

std::map<std::string, std::string> StoreFolder::FilesBesideDatabase(const CommitRecord& record) {
  return {{"FORMAT", FormatText()}, {"HEAD", EncodeHead(record)}};
}

absl::Status StoreFolder::VerifyHead() const {
  MutexLock hold(&mutex_);
  const auto verify = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::Status {
    ANNALS_ASSIGN_OR_RETURN(const CommitRecord head, head_->Reread());
    if (head != head_->last()) {
      return absl::DataLossError(absl::StrCat("HEAD holds commit ", head.number, ", not ",
                                              head_->last().number, ", which was written to it"));
    }
    return CheckHead(*database_, head);
  };
  return Annotate(verify(), Where(path_));
}

}  // namespace annals::storage
