// The verb timeline: the events themselves, filtered, as they happened.
#ifndef ANNALS_ENGINE_QUERY_VERBS_TIMELINE_LISTING_H_
#define ANNALS_ENGINE_QUERY_VERBS_TIMELINE_LISTING_H_

#include <compare>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/event_filter.h"
#include "engine/query/question.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// Where an event stands in a listing: by when it began to be possible that it had
// happened (where that is open, by when it had for certain), then by when it had
// for certain, then by position.
struct ListingPlace {
  Instant when;
  Instant latest;
  Position position;

  friend auto operator<=>(const ListingPlace&, const ListingPlace&) = default;
};

// Which part of a listing to give.
struct ListingRange {
  std::optional<ListingPlace> after;                  // Absent: from the beginning.
  size_t limit = std::numeric_limits<size_t>::max();  // At least 1.
};

struct ListingPage {
  v1::EventList list;
  std::optional<ListingPlace> more_after;  // The place of its last event; absent: that is all.
};

// `types`: the full names that `filter.type` stands for, when it is set. Reads
// the stream or those types alone where the filter names them, otherwise the
// whole timeline up to `as_of.position`; holds about twice as many events as it
// gives. Errors are EventLog's and TemporalIndex's; INVALID_ARGUMENT if a search
// meets a payload that can't be read.
absl::StatusOr<ListingPage> ListTimeline(const TimelineSettings& timeline, const EventLog& log,
                                         const TemporalIndex& index, const EventFilter& filter,
                                         const std::vector<std::string>& types,
                                         const PinnedAsOf& as_of, const ListingRange& range);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_TIMELINE_LISTING_H_
