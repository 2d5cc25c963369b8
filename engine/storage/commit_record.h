// CommitRecord: what a commit leaves behind, so that its loss is noticed.
#ifndef ANNALS_ENGINE_STORAGE_COMMIT_RECORD_H_
#define ANNALS_ENGINE_STORAGE_COMMIT_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/storage/hash.h"

namespace annals::storage {

// One commit of the store, as the database and the durable head both hold it.
// Commits are numbered from 1; number 0 is the empty store's, all zero.
struct CommitRecord {
  uint64_t number = 0;
  uint64_t events = 0;    // In the whole store, this commit's included.
  uint32_t timeline = 0;  // Of the last event that the commit wrote …
  Position position;      // … where it stands there …
  Hash128 chain;          // … and its chain hash.

  friend bool operator==(const CommitRecord&, const CommitRecord&) = default;
};

inline constexpr size_t kCommitRecordBytes = 8 + 8 + 4 + 8 + kHashBytes;

// Big-endian, in the order of the fields.
std::string EncodeCommitRecord(const CommitRecord& record);

// DATA_LOSS if the bytes aren't exactly one record.
absl::StatusOr<CommitRecord> DecodeCommitRecord(absl::string_view bytes);

// --- The keys that storage and log agree on --------------------------------

// In kMeta: the last commit's record.
inline constexpr absl::string_view kCommitKey = "commit";

// In kMeta: this, then a timeline's name → its number, big-endian.
inline constexpr absl::string_view kTimelineKeyPrefix = "timeline/";

// In kMeta: this, then the kLog key of an event that redacts others, as long as what
// it redacts may stand in files. Events that were replaced may then be there twice.
inline constexpr absl::string_view kErasureKeyPrefix = "erasure/";

// In kLog. The value begins with the event's chain hash.
std::string LogKey(uint32_t timeline, Position position);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_COMMIT_RECORD_H_
