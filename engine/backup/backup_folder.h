// BackupFolder: backups of a store, one after the other, in a folder of their own.
//
//   ANNALS_ASSIGN_OR_RETURN(auto folder, BackupFolder::Open(path, Access::kWrite));
//   ANNALS_ASSIGN_OR_RETURN(auto reader, ReadImage(store, folder->Known(), clock->Now()));
//   ANNALS_ASSIGN_OR_RETURN(const v1::Backup made, folder->Add(reader.get(), {}));
//
//   BACKUPS       "annals backups 1\n"
//   LOCK          locked by whoever adds, removes or reads files
//   files/HASH    contents (file_pool.h), each backup's list of its files among them
//   backups/ID    the HASH of the list of backup ID, a v1.Backup as JSON
#ifndef ANNALS_ENGINE_BACKUP_BACKUP_FOLDER_H_
#define ANNALS_ENGINE_BACKUP_BACKUP_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/backup/file_pool.h"
#include "engine/backup/image_reader.h"
#include "engine/storage/folder_lock.h"
#include "proto/annals/v1/backup.pb.h"

namespace annals {

// Told now and then: so many bytes of so many.
using ByteProgress = std::function<void(uint64_t done, uint64_t total)>;

// Invariant: a backup that is listed is whole on disk. It becomes one by its last step, a
// rename; one that was cut short isn't seen, and what it left is cleared by the next. Not
// thread-safe.
class BackupFolder {
 public:
  enum class Access {
    kList,   // Whoever else is at work.
    kRead,   // Nobody adds or removes meanwhile. Needn't be able to write there.
    kWrite,  // Likewise; makes the folder if it is missing.
  };

  // NOT_FOUND if there is no such folder; FAILED_PRECONDITION if it holds anything else,
  // or is newer than this program; UNAVAILABLE if another process is at work there.
  static absl::StatusOr<std::unique_ptr<BackupFolder>> Open(const std::string& path, Access access);

  // A backup whose list can't be read is a listing too: of the error, which names the file.
  struct Listed {
    uint64_t id = 0;
    absl::StatusOr<v1::Backup> backup;
  };
  // The oldest first.
  absl::StatusOr<std::vector<Listed>> List() const;

  // The one with this id, or the last. NOT_FOUND lists those there are; DATA_LOSS if its
  // list can't be read.
  absl::StatusOr<v1::Backup> Find(std::optional<uint64_t> id) const;

  // What the last backup has, and the next needn't copy.
  v1::BackupRequest Known() const;

  // Makes a backup of what the reader gives; on disk when it returns.
  // FAILED_PRECONDITION if it doesn't continue the last backup; the reader's errors;
  // RESOURCE_EXHAUSTED if the disk is full.
  absl::StatusOr<v1::Backup> Add(ImageReader* reader, const ByteProgress& progress);

  // Removes all backups but the last `count`, which is at least 1, and the files that no
  // other one needs; returns how many it removed. Leaves the files as they are, with
  // DATA_LOSS, if a list can't be read, since nothing tells which it needs.
  absl::StatusOr<size_t> KeepLast(size_t count);

  // Reads all of its files again. DATA_LOSS names the first that is damaged or missing.
  absl::Status Check(const v1::Backup& backup, const ByteProgress& progress) const;

  // The files as files, for whoever restores them.
  const FilePool& pool() const { return pool_; }

 private:
  BackupFolder(std::string path, std::unique_ptr<storage::FolderLock> lock)
      : path_(std::move(path)), lock_(std::move(lock)), pool_(path_ + "/files") {}

  std::string ListPath(uint64_t id) const;
  absl::StatusOr<v1::Backup> ReadList(uint64_t id) const;
  absl::StatusOr<std::vector<uint64_t>> Ids() const;
  absl::Status TakeFiles(ImageReader* reader, const ByteProgress& progress, v1::Backup* backup);
  absl::Status Enter(const v1::Backup& backup);
  absl::Status Clear() const;

  const std::string path_;
  const std::unique_ptr<storage::FolderLock> lock_;
  const FilePool pool_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_BACKUP_FOLDER_H_
