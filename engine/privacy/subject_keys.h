// SubjectKeys: one secret key for each person or thing that sensitive fields are
// about, outside the store.
//
//   FOLDER/names        32 random bytes, from which the other names are made
//   FOLDER/<32 digits>  a subject's key, 32 random bytes
#ifndef ANNALS_ENGINE_PRIVACY_SUBJECT_KEYS_H_
#define ANNALS_ENGINE_PRIVACY_SUBJECT_KEYS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"

namespace annals {

// A key's bytes, which are overwritten in memory when nobody has it any more.
class SubjectKey {
 public:
  static constexpr size_t kBytes = 32;
  // `bytes` has kBytes of them.
  SubjectKey(std::string id, absl::string_view bytes);
  ~SubjectKey();
  SubjectKey(const SubjectKey&) = delete;
  SubjectKey& operator=(const SubjectKey&) = delete;

  // Its file's name: the same for every key that the subject ever has.
  const std::string& id() const { return id_; }
  const uint8_t* bytes() const { return bytes_.data(); }
  // Tells it from the subject's other keys and says nothing of its bytes; 32 hex
  // digits.
  std::string Fingerprint() const;

 private:
  const std::string id_;
  std::array<uint8_t, kBytes> bytes_;
};

using SubjectKeyPtr = std::shared_ptr<const SubjectKey>;

// Keys are made when something is first sealed, and are on disk before anything
// sealed with them can be. A name is a keyed hash of timeline and subject, so the
// store, where it stands with everything sealed, doesn't tell whom it is about.
// Thread-safe. One process uses the folder.
class SubjectKeys {
 public:
  // The folder is made, for its owner alone, when the first key is; the one above it
  // as well.
  explicit SubjectKeys(std::string folder);

  // The subject's key, made if there is none. DATA_LOSS if its file is damaged; the
  // disk's errors. Two syncs if it is made.
  absl::StatusOr<SubjectKeyPtr> FindOrMake(absl::string_view timeline, absl::string_view subject);

  // The same, but null if there is none.
  absl::StatusOr<SubjectKeyPtr> Find(absl::string_view timeline, absl::string_view subject);

  // The key with this id; null if it was destroyed, or is lost or damaged.
  SubjectKeyPtr FindById(absl::string_view id);

  // Overwrites and removes the key's file, if it is still this one's; the disk's
  // errors. When it returns OK the file is gone for good, as far as the file system
  // lets it be.
  absl::Status Destroy(absl::string_view id, absl::string_view fingerprint);

 private:
  // As long as it takes to be named.
  absl::StatusOr<std::string> NameOf(absl::string_view timeline, absl::string_view subject,
                                     bool make) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<SubjectKeyPtr> Load(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<SubjectKeyPtr> Make(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string PathOf(absl::string_view name) const;

  static constexpr size_t kKeysCached = 4'096;

  const std::string folder_;
  Mutex mutex_;
  std::string naming_key_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, SubjectKeyPtr> cached_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_PRIVACY_SUBJECT_KEYS_H_
