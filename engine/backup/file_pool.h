// FilePool: files that are named by the SHA-256 of what is in them.
#ifndef ANNALS_ENGINE_BACKUP_FILE_POOL_H_
#define ANNALS_ENGINE_BACKUP_FILE_POOL_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/backup/content_hash.h"
#include "engine/storage/posix_file.h"

namespace annals {

// One folder. What several backups share is there once, and `sha256sum` checks it without
// this program. A file gets its name when all of it is on disk: there are no half ones.
// One writer at a time; readers may be others. Holds nothing in memory.
class FilePool {
 public:
  explicit FilePool(std::string path) : path_(std::move(path)) {}

  // Where a file of this hash is, or would be.
  std::string PathOf(absl::string_view sha256) const;

  // Whether it is there, at its length; its contents aren't looked at.
  bool Has(absl::string_view sha256, uint64_t bytes) const;

  // A file that is being added. What isn't finished leaves nothing that counts.
  class Writer {
   public:
    absl::Status Add(absl::string_view bytes);
    // Its hash. Takes the place of a file that has it already. Its folder's entry is on
    // disk after Sync().
    absl::StatusOr<std::string> Finish();

   private:
    friend class FilePool;
    Writer(const FilePool* pool, storage::PosixFile file) : pool_(pool), file_(std::move(file)) {}

    const FilePool* pool_;
    storage::PosixFile file_;
    uint64_t bytes_ = 0;
    ContentHash hash_;
  };
  // One at a time; the pool must outlive it.
  absl::StatusOr<Writer> Begin() const;
  absl::Status Sync() const;

  // Gives the contents piece by piece to `take`, whose error it returns. DATA_LOSS, which
  // names the file, if it is missing or isn't what its name says.
  absl::Status Read(absl::string_view sha256, uint64_t bytes,
                    absl::FunctionRef<absl::Status(absl::string_view)> take) const;

  // Removes every file but these.
  absl::Status KeepOnly(const std::set<std::string>& hashes) const;

 private:
  std::string PartialPath() const { return path_ + "/partial"; }

  const std::string path_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_FILE_POOL_H_
