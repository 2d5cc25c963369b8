// FolderLock: at most one program, and one object in it, has a store open.
#ifndef ANNALS_ENGINE_STORAGE_FOLDER_LOCK_H_
#define ANNALS_ENGINE_STORAGE_FOLDER_LOCK_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/storage/posix_file.h"

namespace annals::storage {

// Held until it goes; the kernel lets go of it when the process ends, however
// that happens.
class FolderLock {
 public:
  // Locks the file at `path`, which is made if it is missing. UNAVAILABLE if it
  // is locked; the message names the process that holds it.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Acquire(const std::string& path);

  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  // Device and inode: the same file under whatever name.
  using FileId = std::pair<uint64_t, uint64_t>;

  FolderLock(PosixFile file, FileId id) : file_(std::move(file)), id_(id) {}

  PosixFile file_;
  FileId id_;
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_FOLDER_LOCK_H_
