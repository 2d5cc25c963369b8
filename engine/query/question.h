// A question's coordinates: as a person states them, and pinned.
#ifndef ANNALS_ENGINE_QUERY_QUESTION_H_
#define ANNALS_ENGINE_QUERY_QUESTION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// As a person asks: what is absent means "everything so far".
struct AsOfQuestion {
  std::optional<std::string> valid;  // A date; its last instant counts.
  std::optional<std::string> known;  // Likewise.
  std::optional<uint64_t> position;
};

// All three coordinates: the same answer for ever.
struct PinnedAsOf {
  Instant valid;
  Instant known;
  Position position;

  friend bool operator==(const PinnedAsOf&, const PinnedAsOf&) = default;
};

// Fills in what `question` leaves out: `now`, `now` and the head. "Now" is never
// before the head was recorded, so that what was just recorded is known, even
// when the clock went back. INVALID_ARGUMENT: no date. OUT_OF_RANGE: a position
// beyond the head. The messages begin with the coordinate's name.
absl::StatusOr<PinnedAsOf> PinQuestion(const AsOfQuestion& question, const HomeZone& zone,
                                       const EventLog::Head& head, Instant now);

// OUT_OF_RANGE if `position` lies beyond the head.
absl::Status CheckWithinHead(Position position, const EventLog::Head& head);

// As answers echo it, with the instants in `zone`.
v1::AsOf ToProto(const PinnedAsOf& as_of, const HomeZone& zone);

// Back to the same coordinates. INVALID_ARGUMENT if that isn't an echo.
absl::StatusOr<PinnedAsOf> FromProto(const v1::AsOf& as_of);

// The part of the index that one world of the question sees.
Slice SliceOf(WorldKind world, const PinnedAsOf& as_of);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_QUESTION_H_
