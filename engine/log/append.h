// What an append asks for, and what it is answered with.
#ifndef ANNALS_ENGINE_LOG_APPEND_H_
#define ANNALS_ENGINE_LOG_APPEND_H_

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/storage/family.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// The revision that the writer expects a stream to have: optimistic
// concurrency. An immutable value.
class ExpectedRevision {
 public:
  static constexpr ExpectedRevision Any() { return {Kind::kAny, 0}; }
  static constexpr ExpectedRevision None() { return {Kind::kExactly, 0}; }
  static constexpr ExpectedRevision Exists() { return {Kind::kExists, 0}; }
  static constexpr ExpectedRevision Exactly(uint64_t n) { return {Kind::kExactly, n}; }

  // "any", "none", "exists" or a number. INVALID_ARGUMENT for anything else.
  static absl::StatusOr<ExpectedRevision> Parse(absl::string_view text);

  // Whether a stream whose last event has revision `actual` (0: no events) is
  // as expected.
  bool Admits(uint64_t actual) const;
  // Whether every stream is as expected.
  bool IsAny() const { return kind_ == Kind::kAny; }
  std::string ToString() const;

 private:
  enum class Kind { kAny, kExists, kExactly };
  constexpr ExpectedRevision(Kind kind, uint64_t revision) : kind_(kind), revision_(revision) {}

  Kind kind_;
  uint64_t revision_;
};

// Whose fields an appended event may carry.
enum class Provenance {
  kStated,  // A new claim: what the store assigns is absent.
  kCopied,  // A copy of what another store recorded: all of it is present, is
            // checked, and is kept as it is. The next position must be its own.
};

struct AppendRequest {
  std::string timeline;
  std::vector<v1::Event> events;  // 1 to 10,000; recorded in this order, all or none.
  // Of every stream that the batch touches, as it stands before the batch.
  ExpectedRevision expected = ExpectedRevision::Any();
  Provenance provenance = Provenance::kStated;
  // Only so may stated events have payloads that erase (engine/log/redaction.h).
  bool erases = false;
};

// The acknowledgement: the event is in the log, with kSynced on disk, and the head
// follows.
struct Receipt {
  std::string id;
  Position position;
  uint64_t revision = 0;
  Instant recorded_at;
  bool duplicate = false;  // The same event had been recorded before.
  storage::Durability durability = storage::Durability::kSynced;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPEND_H_
