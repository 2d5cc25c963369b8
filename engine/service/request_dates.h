// What the dates of a request mean in a timeline.
#ifndef ANNALS_ENGINE_SERVICE_REQUEST_DATES_H_
#define ANNALS_ENGINE_SERVICE_REQUEST_DATES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/event_filter.h"
#include "engine/query/query_engine.h"
#include "engine/query/question.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// "now" means the same as no date.
AsOfQuestion ToQuestion(const v1::AsOfQuestion& question);

// The moments of a history. INVALID_ARGUMENT as HistoryRequest says; other errors
// are QueryEngine::Pin's.
absl::StatusOr<std::vector<PinnedAsOf>> StepsOf(const v1::HistoryRequest& request,
                                                const QueryEngine& queries,
                                                const TimelineSettings& timeline);

// INVALID_ARGUMENT: a date that is none, or a period that ends before it begins.
absl::StatusOr<EventFilter> ToFilter(const v1::ListEventsRequest& request,
                                     const TimelineSettings& timeline);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_REQUEST_DATES_H_
