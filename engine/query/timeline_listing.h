// The verb timeline: the events themselves, filtered, as they happened.
#ifndef ANNALS_ENGINE_QUERY_TIMELINE_LISTING_H_
#define ANNALS_ENGINE_QUERY_TIMELINE_LISTING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/event_filter.h"
#include "engine/query/question.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// `types`: the full names that `filter.type` stands for, when it is set. Reads
// the stream or those types alone where the filter names them, otherwise the
// whole timeline up to `as_of.position`. Errors are EventLog's and
// TemporalIndex's; INVALID_ARGUMENT if a search meets a payload that can't be
// read.
absl::StatusOr<v1::EventList> ListTimeline(const TimelineSettings& timeline, const EventLog& log,
                                           const TemporalIndex& index, const EventFilter& filter,
                                           const std::vector<std::string>& types,
                                           const PinnedAsOf& as_of);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_TIMELINE_LISTING_H_
