// Causality: nothing is known before it happens, and nothing is recorded before
// it is known. It tightens what the dates alone leave open.
#ifndef ANNALS_ENGINE_TIME_CAUSALITY_H_
#define ANNALS_ENGINE_TIME_CAUSALITY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"

namespace annals {

// When an event happened and when it could be known.
struct EventTimes {
  TimeBounds occurred;
  TimeBounds known;

  friend bool operator==(const EventTimes&, const EventTimes&) = default;
};

// Applies, in this order:
//   known.latest    = min(published.latest, recorded_at)
//   occurred.latest = min(occurred.latest, known.latest)
//   known.earliest  = max(published.earliest, occurred.earliest)
// INVALID_ARGUMENT if bounds cross; the message names both dates by the given
// texts, as the writer stated them (empty: "not stated").
absl::StatusOr<EventTimes> Tighten(const TimeBounds& occurred, absl::string_view occurred_text,
                                   const TimeBounds& published, absl::string_view published_text,
                                   Instant recorded_at);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_CAUSALITY_H_
