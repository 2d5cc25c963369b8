// QueryEngine: the verbs that ask — as-of, diff, history, why, timeline, explain.
//
//   ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of,
//                           engine.Pin("venezuela-2026", {.valid = "2026-01-12"}));
//   ANNALS_ASSIGN_OR_RETURN(const v1::ViewResult result,
//                           engine.AsOf("venezuela-2026", "releases", as_of));
#ifndef ANNALS_ENGINE_QUERY_QUERY_ENGINE_H_
#define ANNALS_ENGINE_QUERY_QUERY_ENGINE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/following/projection_runner.h"
#include "engine/log/event_log.h"
#include "engine/query/domain.h"
#include "engine/query/event_filter.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "engine/query/verbs/timeline_listing.h"
#include "engine/query/view.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Reads wait until the projections have taken in the position asked for, so
// that a writer sees its own writes. Thread-safe. What it is made of must
// outlive it.
class QueryEngine {
 public:
  QueryEngine(const EventLog* log, ProjectionRunner* runner, const std::vector<Domain>* domains,
              const Clock* clock);

  // Fills in what the question leaves out: now (never before the last event
  // was recorded), now, head. NOT_FOUND: no such timeline. INVALID_ARGUMENT: no
  // date. OUT_OF_RANGE: a position beyond the head.
  absl::StatusOr<PinnedAsOf> Pin(absl::string_view timeline, const AsOfQuestion& question) const;

  // The timeline's views: its domain's, then those of every domain, as they list them.
  // NOT_FOUND: no such timeline.
  absl::StatusOr<std::vector<const View*>> Views(absl::string_view timeline) const;

  // The errors of all that follow: NOT_FOUND for an unknown timeline, view or
  // key (the message lists what there is); FAILED_PRECONDITION if a projection
  // that the view reads has stopped; DATA_LOSS; OUT_OF_RANGE for a position
  // beyond the head, and for a sum that leaves 64 bits; INTERNAL if a view has
  // a bug.

  // `evidence` at most this many a cell and world; what is left out, `why` pages.
  absl::StatusOr<v1::ViewResult> AsOf(absl::string_view timeline, absl::string_view view,
                                      const PinnedAsOf& as_of, size_t evidence = 1000) const;

  absl::StatusOr<v1::DiffResult> Diff(absl::string_view timeline, absl::string_view view,
                                      const PinnedAsOf& from, const PinnedAsOf& to) const;

  // The view at each of `steps`, which needn't be ordered.
  absl::StatusOr<v1::HistoryResult> History(absl::string_view timeline, absl::string_view view,
                                            const std::vector<PinnedAsOf>& steps) const;

  // The row whose key is `key`, or the rows when it is a prefix of several
  // keys. At most `limit` events a cell and world, of those after `after`.
  absl::StatusOr<std::vector<v1::WhyResult>> Why(absl::string_view timeline, absl::string_view view,
                                                 const Key& key, const PinnedAsOf& as_of,
                                                 Position after, size_t limit) const;

  // What the view reads in both worlds, how the index goes about it and how long
  // it took; with a key, also what `why` reads of the rows that begin with it.
  absl::StatusOr<v1::ExplainResult> Explain(absl::string_view timeline, absl::string_view view,
                                            const Key& key, const PinnedAsOf& as_of) const;

  // The events that pass the filter, as of `as_of.position`, in the order in
  // which they happened: by earliest bound (by latest where that is open), then
  // latest bound, then position. Corrections are told as known at `as_of.known`
  // in the possible world.
  absl::StatusOr<v1::EventList> Timeline(absl::string_view timeline, const EventFilter& filter,
                                         const PinnedAsOf& as_of) const;

  // A part of the same list.
  absl::StatusOr<ListingPage> TimelinePage(absl::string_view timeline, const EventFilter& filter,
                                           const PinnedAsOf& as_of,
                                           const ListingRange& range) const;

  // The full names of the timeline's event types called `name`, which is a full
  // name or its last part. NOT_FOUND lists the types there are.
  absl::StatusOr<std::vector<std::string>> FindTypes(absl::string_view timeline,
                                                     absl::string_view name) const;

 private:
  // The view, once the timeline's index has taken in `position`.
  absl::StatusOr<Inquiry> Prepare(absl::string_view timeline, absl::string_view view,
                                  Position position) const;
  absl::StatusOr<const TemporalIndex*> IndexUpTo(absl::string_view timeline,
                                                 Position position) const;

  const EventLog* const log_;
  ProjectionRunner* const runner_;
  const std::vector<Domain>* const domains_;
  const Clock* const clock_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_QUERY_ENGINE_H_
