// KeyFolder: a store's secrets, in a folder of their own.
//
//   KeyFolder keys("store/keys");
//   ANNALS_ASSIGN_OR_RETURN(const NoteSigner* const signer, keys.Signer());
//
//   checkpoint.key   signs checkpoints: a signed note's private key, as Go's note
//                    package writes it, and a line feed
//   subjects/        the keys that personal data is encrypted with
#ifndef ANNALS_ENGINE_KEYS_KEY_FOLDER_H_
#define ANNALS_ENGINE_KEYS_KEY_FOLDER_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/proof/signed_note.h"

namespace annals {

// Beside a store by default, and no part of it: a backup doesn't take it, and another
// folder may be given. The folder has mode 0700, its files 0600. Thread-safe.
class KeyFolder {
 public:
  // Of a store that isn't told of another.
  static std::string PathBeside(const std::string& store);

  // Touches nothing.
  explicit KeyFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Makes the folder unless it is there; the one that holds it must be. NOT_FOUND
  // without that one, PERMISSION_DENIED where nothing can be made.
  absl::Status Make() const;

  // The key that signs checkpoints, read once. A store without one gets one,
  // named annals.invalid/ and eight random hex digits. Lives as long as this.
  //   PERMISSION_DENIED    the file is open to others, or can't be made or read
  //   FAILED_PRECONDITION  the file holds no key
  absl::StatusOr<const NoteSigner*> Signer();

  // Makes the key, under a name of the operator's choosing, which is where every
  // checkpoint says that it comes from: a URL without its scheme. The same name again
  // changes nothing. INVALID_ARGUMENT: no name of a signed note's; ALREADY_EXISTS:
  // there is a key of another name.
  absl::Status MakeSigner(absl::string_view name);

 private:
  std::string SignerPath() const;
  // Reads the key, and makes it if there is none.
  absl::Status Load(absl::string_view name_if_new) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // False if there is no file.
  absl::StatusOr<bool> Read() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Write(const NoteSigner& signer) const;

  const std::string path_;
  Mutex mutex_;
  std::optional<NoteSigner> signer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_KEYS_KEY_FOLDER_H_
