// PosixFile: the few files of a store that aren't RocksDB's.
#ifndef ANNALS_ENGINE_STORAGE_POSIX_FILE_H_
#define ANNALS_ENGINE_STORAGE_POSIX_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::storage {

// An open file, closed when it goes. Not thread-safe. Every error names the
// path and what was tried; its code is that of errno.
class PosixFile {
 public:
  // `flags` and `mode` as for open(2); O_CLOEXEC is added. NOT_FOUND if there is none.
  static absl::StatusOr<PosixFile> Open(const std::string& path, int flags, int mode = 0644);

  ~PosixFile();
  PosixFile(PosixFile&& other) noexcept;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

  // All of `bytes` at `offset`; up to `size` bytes, fewer at the end of the file.
  absl::Status WriteAt(uint64_t offset, absl::string_view bytes);
  absl::StatusOr<std::string> ReadAt(uint64_t offset, size_t size) const;

  // Returns when what was written is on disk.
  absl::Status Sync();

 private:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::string path_;
};

// Makes a new file with `contents`, on disk when it returns; its folder's entry
// is not: call SyncFolder. ALREADY_EXISTS if there is one.
absl::Status WriteNewFile(const std::string& path, absl::string_view contents, int mode = 0644);

// At most the first 64 KiB.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// Returns when the folder's entries are on disk: files made in it, renamed or
// removed.
absl::Status SyncFolder(const std::string& path);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_POSIX_FILE_H_
