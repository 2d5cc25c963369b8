#include "engine/storage/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

constexpr size_t kSmallFileBytes = size_t{64} << 10;

absl::Status Failed(absl::string_view what, const std::string& path) {
  const int error = errno;
  // Abseil calls EFBIG out of range; to us it is a disk that takes no more.
  if (error == EFBIG) {
    return absl::ResourceExhaustedError(
        absl::StrCat("can't ", what, " ", path, ": File too large"));
  }
  return absl::ErrnoToStatus(error, absl::StrCat("can't ", what, " ", path));
}

}  // namespace

absl::StatusOr<PosixFile> PosixFile::Open(const std::string& path, int flags, int mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor < 0) return Failed("open", path);
  return PosixFile(descriptor, path);
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

absl::Status PosixFile::WriteAt(uint64_t offset, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0) {
      if (errno == EINTR) continue;
      return Failed("write to", path_);
    }
    offset += written;
    bytes.remove_prefix(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PosixFile::ReadAt(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::pread(descriptor_, &bytes[filled], size - filled, offset + filled);
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return Failed("read", path_);
    }
    filled += got;
  }
  bytes.resize(filled);
  return bytes;
}

absl::Status PosixFile::Sync() {
  if (::fdatasync(descriptor_) != 0) return Failed("sync", path_);
  return absl::OkStatus();
}

absl::Status WriteNewFile(const std::string& path, absl::string_view contents, int mode) {
  ANNALS_ASSIGN_OR_RETURN(PosixFile file, PosixFile::Open(path, O_WRONLY | O_CREAT | O_EXCL, mode));
  ANNALS_RETURN_IF_ERROR(file.WriteAt(0, contents));
  // Not only the data: the length is new too.
  if (::fsync(file.descriptor()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  ANNALS_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(path, O_RDONLY));
  return file.ReadAt(0, kSmallFileBytes);
}

absl::Status SyncFolder(const std::string& path) {
  ANNALS_ASSIGN_OR_RETURN(const PosixFile folder, PosixFile::Open(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.descriptor()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

}  // namespace annals::storage
