#include "engine/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

// fcntl's locks belong to the process: a second one in the same process
// succeeds, and closing either file lets go of both. So what this process holds
// is noted here, and looked up before the file is opened.
struct Registry {
  Mutex mutex;
  std::set<std::pair<uint64_t, uint64_t>> held ABSL_GUARDED_BY(mutex);
};

Registry& GetRegistry() {
  static Registry* const registry = new Registry();
  return *registry;
}

struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string CommandLineOf(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadSmallFile(absl::StrCat("/proc/", pid, "/cmdline"));
  if (!text.ok() || text->empty()) return "";
  const absl::string_view stripped = absl::StripSuffix(*text, absl::string_view("\0", 1));
  return absl::StrReplaceAll(stripped, {{absl::string_view("\0", 1), " "}});
}

absl::Status HeldByAnother(const PosixFile& file) {
  struct flock lock = WholeFile();
  if (::fcntl(file.descriptor(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) {
    return absl::UnavailableError(
        absl::StrCat(file.path(), " was locked until just now: try again"));
  }
  const std::string command = CommandLineOf(lock.l_pid);
  return absl::UnavailableError(
      absl::StrCat("in use by process ", lock.l_pid, command.empty() ? "" : " (", command,
                   command.empty() ? "" : ")", ": stop it, or ask it instead"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Acquire(const std::string& path) {
  Registry& registry = GetRegistry();
  MutexLock hold(&registry.mutex);
  struct stat entry = {};
  const bool exists = ::stat(path.c_str(), &entry) == 0;
  if (exists && registry.held.contains({entry.st_dev, entry.st_ino})) {
    return absl::UnavailableError(absl::StrCat("in use by this very process (", ::getpid(), ")"));
  }
  ANNALS_ASSIGN_OR_RETURN(PosixFile file, PosixFile::Open(path, O_RDWR | O_CREAT));
  struct flock lock = WholeFile();
  if (::fcntl(file.descriptor(), F_SETLK, &lock) != 0) {
    if (errno == EACCES || errno == EAGAIN) return HeldByAnother(file);
    return absl::ErrnoToStatus(errno, absl::StrCat("can't lock ", path));
  }
  if (::fstat(file.descriptor(), &entry) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("can't read the properties of ", path));
  }
  const FileId id = {entry.st_dev, entry.st_ino};
  registry.held.insert(id);
  return std::unique_ptr<FolderLock>(new FolderLock(std::move(file), id));
}

FolderLock::~FolderLock() {
  Registry& registry = GetRegistry();
  MutexLock hold(&registry.mutex);
  registry.held.erase(id_);
}

}  // namespace annals::storage
