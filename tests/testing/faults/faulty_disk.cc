#include "tests/testing/faults/faulty_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <utility>

#include "engine/base/mutex.h"

namespace annals::testing {
namespace {

using Kind = DiskOperation::Kind;

// Guards the disk, and which one it is. Calls come before main() and after it, so it
// is never destroyed.
Mutex& DiskMutex() {
  static auto* const mutex = new Mutex();
  return *mutex;
}

FaultyDisk* the_disk = nullptr;

}  // namespace

FaultyDisk::FaultyDisk(const std::string& folder, Recording recording)
    : folder_(folder),
      recording_(recording),
      trace_(recording == Recording::kOn ? DiskImage::Read(folder) : DiskImage()) {
  for (const auto& [path, contents] : trace_.base().files) files_[path] = ++last_file_;
  MutexLock hold(&DiskMutex());
  if (the_disk != nullptr) std::abort();
  the_disk = this;
}

FaultyDisk::~FaultyDisk() {
  MutexLock hold(&DiskMutex());
  the_disk = nullptr;
}

void FaultyDisk::Fail(const Fault& fault) {
  MutexLock hold(&DiskMutex());
  fault_ = fault;
  calls_ = 0;
  rest_fails_ = false;
  struck_ = false;
}

void FaultyDisk::LeaveBytes(uint64_t bytes) {
  MutexLock hold(&DiskMutex());
  bytes_left_ = bytes;
  struck_ = false;
}

void FaultyDisk::Heal() {
  MutexLock hold(&DiskMutex());
  fault_.reset();
  bytes_left_.reset();
}

bool FaultyDisk::struck() const {
  MutexLock hold(&DiskMutex());
  return struck_;
}

size_t FaultyDisk::now() const {
  MutexLock hold(&DiskMutex());
  return trace_.operations().size();
}

FaultyDisk::Verdict FaultyDisk::Judge(Call call, size_t write_bytes) {
  if (fault_ && fault_->calls.contains(call)) {
    ++calls_;
    if (rest_fails_ || calls_ == fault_->nth || (fault_->for_good && calls_ > fault_->nth)) {
      struck_ = true;
      const bool whole = write_bytes < 2 || rest_fails_;
      rest_fails_ = false;
      if (fault_->kind == Fault::Kind::kError || whole) return {.error = EIO};
      rest_fails_ = fault_->kind == Fault::Kind::kTorn;
      return {.part = write_bytes / 2};
    }
  }
  if (bytes_left_ && call == Call::kWrite) {
    const uint64_t fits = std::min<uint64_t>(*bytes_left_, write_bytes);
    *bytes_left_ -= fits;
    if (fits == write_bytes) return {};
    struck_ = true;
    if (fits == 0) return {.error = ENOSPC};
    return {.part = fits};
  }
  return {};
}

std::optional<std::string> FaultyDisk::PathInFolder(const char* path) const {
  const std::string whole = path;
  if (whole == folder_) return "";
  if (whole.substr(0, folder_.size() + 1) != folder_ + "/") return std::nullopt;
  std::string rest = whole.substr(folder_.size() + 1);
  while (!rest.empty() && rest.back() == '/') rest.pop_back();
  return rest;
}

// The calls on what is watched. The others go straight to the kernel.
class WatchedCalls {
 public:
  // Holds the disk, if there is one, for the time of a call.
  WatchedCalls() : hold_(&DiskMutex()) {}

  // Whether the path lies in the folder; notes where.
  bool Has(const char* path) {
    if (the_disk == nullptr) return false;
    const auto found = the_disk->PathInFolder(path);
    if (found) path_ = *found;
    return found.has_value();
  }

  bool Has(int descriptor) {
    if (the_disk == nullptr) return false;
    const auto found = the_disk->handles_.find(descriptor);
    if (found == the_disk->handles_.end()) return false;
    handle_ = found->second;
    return true;
  }

  // A watched file may have been closed by the C library itself, in fclose().
  void Forget(int descriptor) {
    if (the_disk != nullptr) the_disk->handles_.erase(descriptor);
  }

  int Open(const char* path, int flags, mode_t mode) {
    const bool makes = (flags & O_CREAT) != 0 && !the_disk->files_.contains(path_);
    if (makes || (flags & O_TRUNC) != 0) {
      if (Refuses(Call::kChangeFolder)) return -1;
    }
    const int descriptor = ::syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor < 0) return descriptor;
    struct stat entry = {};
    if (::fstat(descriptor, &entry) != 0) std::abort();
    if (S_ISDIR(entry.st_mode)) {
      the_disk->handles_[descriptor] = {.file = 0, .path = path_};
      return descriptor;
    }
    uint64_t& file = the_disk->files_[path_];
    if (file == 0) {
      file = ++the_disk->last_file_;
      Add({.kind = Kind::kMakeFile, .file = file, .path = path_});
    } else if ((flags & O_TRUNC) != 0) {
      Add({.kind = Kind::kResize, .file = file, .offset = 0});
    }
    the_disk->handles_[descriptor] = {.file = file, .path = path_};
    return descriptor;
  }

  int Close(int descriptor) {
    the_disk->handles_.erase(descriptor);
    return ::syscall(SYS_close, descriptor);
  }

  // At `offset`; without one, where the descriptor stands.
  ssize_t Write(int descriptor, const void* bytes, size_t size, std::optional<off_t> offset) {
    const FaultyDisk::Verdict verdict = the_disk->Judge(Call::kWrite, size);
    if (verdict.error != 0) return Fails(verdict.error);
    const size_t asked = verdict.part.value_or(size);
    const ssize_t written = offset ? ::syscall(SYS_pwrite64, descriptor, bytes, asked, *offset)
                                   : ::syscall(SYS_write, descriptor, bytes, asked);
    if (written <= 0) return written;
    if (!offset) offset = ::lseek(descriptor, 0, SEEK_CUR) - written;
    Add({.kind = Kind::kWrite,
         .file = handle_.file,
         .offset = static_cast<uint64_t>(*offset),
         .bytes = std::string(static_cast<const char*>(bytes), written)});
    return written;
  }

  ssize_t Read(int descriptor, void* bytes, size_t size, std::optional<off_t> offset) {
    {
      if (Refuses(Call::kRead)) return -1;
    }
    return offset ? ::syscall(SYS_pread64, descriptor, bytes, size, *offset)
                  : ::syscall(SYS_read, descriptor, bytes, size);
  }

  int Resize(int descriptor, off_t size) {
    if (Refuses(Call::kWrite)) return -1;
    const int result = ::syscall(SYS_ftruncate, descriptor, size);
    if (result == 0) {
      Add({.kind = Kind::kResize, .file = handle_.file, .offset = static_cast<uint64_t>(size)});
    }
    return result;
  }

  int Sync() {
    if (Refuses(Call::kSync)) {
      if (handle_.file != 0) Add({.kind = Kind::kFailedSyncFile, .file = handle_.file});
      return -1;
    }
    if (handle_.file == 0) {
      Add({.kind = Kind::kSyncFolder, .path = handle_.path});
    } else {
      Add({.kind = Kind::kSyncFile, .file = handle_.file});
    }
    return 0;
  }

  int MakeFolder(const char* path, mode_t mode) {
    if (Refuses(Call::kChangeFolder)) return -1;
    const int result = ::syscall(SYS_mkdir, path, mode);
    if (result == 0) Add({.kind = Kind::kMakeFolder, .path = path_});
    return result;
  }

  // A file, or a folder if `flags` say so.
  int Remove(const char* path, int flags) {
    if (Refuses(Call::kChangeFolder)) return -1;
    const int result = ::syscall(SYS_unlinkat, AT_FDCWD, path, flags);
    if (result == 0) {
      the_disk->files_.erase(path_);
      Add({.kind = Kind::kRemove, .path = path_});
    }
    return result;
  }

  // RocksDB's messages aren't known: they are opened by the C library itself.
  int Rename(const char* from, const char* to) {
    if (Refuses(Call::kChangeFolder)) return -1;
    const int result = ::syscall(SYS_rename, from, to);
    const auto file = the_disk->files_.find(path_);
    const auto target = the_disk->PathInFolder(to);
    if (result != 0 || file == the_disk->files_.end() || !target) return result;
    the_disk->files_[*target] = file->second;
    the_disk->files_.erase(path_);
    Add({.kind = Kind::kRename, .path = path_, .to = *target});
    return result;
  }

  int Link(const char* from, const char* to) {
    if (Refuses(Call::kChangeFolder)) return -1;
    const int result = ::syscall(SYS_link, from, to);
    const auto file = the_disk->files_.find(path_);
    const auto target = the_disk->PathInFolder(to);
    if (result != 0 || file == the_disk->files_.end() || !target) return result;
    the_disk->files_[*target] = file->second;
    Add({.kind = Kind::kLink, .path = path_, .to = *target});
    return result;
  }

 private:
  static int Fails(int error) {
    errno = error;
    return -1;
  }

  bool Refuses(Call call) {
    const int error = the_disk->Judge(call, 0).error;
    if (error != 0) errno = error;
    return error != 0;
  }

  void Add(DiskOperation operation) {
    if (the_disk->recording_ == Recording::kOn) the_disk->trace_.Add(std::move(operation));
  }

  MutexLock hold_;
  std::string path_;
  FaultyDisk::Handle handle_;
};

}  // namespace annals::testing

// --- The C library's functions --------------------------------------------------------
//
// A program's own definitions come before those of every library that it loads.

using annals::testing::WatchedCalls;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  {
    WatchedCalls calls;
    if (calls.Has(path)) return calls.Open(path, flags, mode);
  }
  const int descriptor = ::syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  WatchedCalls().Forget(descriptor);
  return descriptor;
}

int close(int descriptor) {
  WatchedCalls calls;
  return calls.Has(descriptor) ? calls.Close(descriptor) : ::syscall(SYS_close, descriptor);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  {
    WatchedCalls calls;
    if (calls.Has(descriptor)) return calls.Write(descriptor, bytes, size, std::nullopt);
  }
  return ::syscall(SYS_write, descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  WatchedCalls calls;
  return calls.Has(descriptor) ? calls.Write(descriptor, bytes, size, offset)
                               : ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

ssize_t read(int descriptor, void* bytes, size_t size) {
  {
    WatchedCalls calls;
    if (calls.Has(descriptor)) return calls.Read(descriptor, bytes, size, std::nullopt);
  }
  // Which may wait: for what another thread is to write.
  return ::syscall(SYS_read, descriptor, bytes, size);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t offset) {
  WatchedCalls calls;
  return calls.Has(descriptor) ? calls.Read(descriptor, bytes, size, offset)
                               : ::syscall(SYS_pread64, descriptor, bytes, size, offset);
}

int ftruncate(int descriptor, off_t size) noexcept {
  WatchedCalls calls;
  return calls.Has(descriptor) ? calls.Resize(descriptor, size)
                               : ::syscall(SYS_ftruncate, descriptor, size);
}

// Space set aside beyond a file's end isn't seen, and takes a file system in memory
// long to clear.
int fallocate(int descriptor, int mode, off_t offset, off_t size) {
  {
    WatchedCalls calls;
    if (calls.Has(descriptor) && (mode & FALLOC_FL_KEEP_SIZE) != 0) return 0;
  }
  return ::syscall(SYS_fallocate, descriptor, mode, offset, size);
}

int fsync(int descriptor) {
  {
    WatchedCalls calls;
    if (calls.Has(descriptor)) return calls.Sync();
  }
  return ::syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor) {
  {
    WatchedCalls calls;
    if (calls.Has(descriptor)) return calls.Sync();
  }
  return ::syscall(SYS_fdatasync, descriptor);
}

int mkdir(const char* path, mode_t mode) noexcept {
  WatchedCalls calls;
  return calls.Has(path) ? calls.MakeFolder(path, mode) : ::syscall(SYS_mkdir, path, mode);
}

int unlink(const char* path) noexcept {
  WatchedCalls calls;
  return calls.Has(path) ? calls.Remove(path, 0) : ::syscall(SYS_unlink, path);
}

int rmdir(const char* path) noexcept {
  WatchedCalls calls;
  return calls.Has(path) ? calls.Remove(path, AT_REMOVEDIR) : ::syscall(SYS_rmdir, path);
}

int rename(const char* from, const char* to) noexcept {
  WatchedCalls calls;
  return calls.Has(from) ? calls.Rename(from, to) : ::syscall(SYS_rename, from, to);
}

int link(const char* from, const char* to) noexcept {
  WatchedCalls calls;
  return calls.Has(from) ? calls.Link(from, to) : ::syscall(SYS_link, from, to);
}

}  // extern "C"
