#include "engine/keys/key_folder.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/storage/posix_file.h"

namespace annals {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthers = 0007;

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("can't ", what, " ", path));
}

// The way out of a folder that takes no key.
absl::Status WithAdvice(const absl::Status& status, const std::string& folder) {
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; checkpoints are signed with a key in ", folder,
                   ": let the program write there, or give another folder "
                   "with --keys"));
}

std::string RandomHex() {
  // Ends the program if the system has no randomness to give.
  if (sodium_init() < 0) sodium_misuse();
  std::string bytes(4, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return absl::BytesToHexString(bytes);
}

// A file that only its owner may read, on disk when this returns.
absl::Status WriteSecret(const std::string& path, absl::string_view contents) {
  ANNALS_ASSIGN_OR_RETURN(storage::PosixFile file,
                          storage::PosixFile::Open(path, O_WRONLY | O_CREAT | O_EXCL));
  // Before there is anything in it.
  if (::fchmod(file.descriptor(), kFileMode) != 0) return Failed("change the mode of", path);
  ANNALS_RETURN_IF_ERROR(file.WriteAt(0, contents));
  if (::fsync(file.descriptor()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

}  // namespace

std::string KeyFolder::PathBeside(const std::string& store) { return absl::StrCat(store, "/keys"); }

std::string KeyFolder::SignerPath() const { return absl::StrCat(path_, "/checkpoint.key"); }

absl::Status KeyFolder::Make() const {
  if (::mkdir(path_.c_str(), kFolderMode) == 0 || errno == EEXIST) return absl::OkStatus();
  return WithAdvice(Failed("make the folder", path_), path_);
}

absl::StatusOr<bool> KeyFolder::Read() {
  const std::string path = SignerPath();
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return false;
    return Failed("read", path);
  }
  if ((found.st_mode & kOthers) != 0) {
    return absl::PermissionDeniedError(absl::StrCat("everyone on this machine may read the key ",
                                                    path, "; take that away with chmod 600"));
  }
  ANNALS_ASSIGN_OR_RETURN(std::string text, storage::ReadSmallFile(path));
  absl::StatusOr<NoteSigner> signer = NoteSigner::Parse(absl::StripSuffix(text, "\n"));
  sodium_memzero(text.data(), text.size());
  if (!signer.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", signer.status().message(),
                                                      "; put the store's own key back there"));
  }
  signer_.emplace(*std::move(signer));
  return true;
}

// Linked into place when it is whole: whoever reads it at the same time, from another
// process too, finds all of it or nothing, and the first one to make it has made it.
absl::Status KeyFolder::Write(const NoteSigner& signer) const {
  ANNALS_RETURN_IF_ERROR(Make());
  const std::string path = SignerPath();
  const std::string draft = absl::StrCat(path, ".", RandomHex());
  std::string text = absl::StrCat(signer.ToString(), "\n");
  absl::Status written = WriteSecret(draft, text);
  sodium_memzero(text.data(), text.size());
  if (written.ok() && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    written = Failed("make", path);
  }
  ::unlink(draft.c_str());
  if (!written.ok()) return WithAdvice(written, path_);
  return storage::SyncFolder(path_);
}

absl::Status KeyFolder::Load(absl::string_view name_if_new) {
  if (signer_.has_value()) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const bool was_there, Read());
  if (was_there) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const NoteSigner made, NoteSigner::Generate(name_if_new));
  ANNALS_RETURN_IF_ERROR(Write(made));
  // Somebody else's, if they were first.
  ANNALS_ASSIGN_OR_RETURN(const bool is_there, Read());
  if (is_there) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(SignerPath(), ": it was taken away again"));
}

absl::StatusOr<const NoteSigner*> KeyFolder::Signer() {
  MutexLock lock(&mutex_);
  ANNALS_RETURN_IF_ERROR(Load(absl::StrCat("annals.invalid/", RandomHex())));
  return &*signer_;
}

absl::Status KeyFolder::MakeSigner(absl::string_view name) {
  MutexLock lock(&mutex_);
  ANNALS_RETURN_IF_ERROR(Load(name));
  const std::string& own = signer_->verifier().name();
  if (own == name) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("the store's checkpoints are signed as ", own, ", by the key in ", path_,
                   "; those who keep them rely on that name, so it stays"));
}

}  // namespace annals
