// ViewChanges: a cursor over what each event changed in a view.
//
//   ANNALS_ASSIGN_OR_RETURN(auto changes, ViewChanges::Open(&queries, &log, request));
//   ANNALS_ASSIGN_OR_RETURN(const ViewChangeBatch batch, changes->Next({}));
#ifndef ANNALS_ENGINE_FEED_VIEW_CHANGES_H_
#define ANNALS_ENGINE_FEED_VIEW_CHANGES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/log/event_log.h"
#include "engine/query/query_engine.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

struct ViewChangeBatch {
  std::vector<v1::ViewFeedItem> items;  // The last one's position is the cursor's.
  bool at_head = false;                 // Otherwise ask again at once.
};

// What an event changed is the difference of two answers, the view at its position
// and the view at the one before, so it is the same whenever it is asked for, and
// a retroactive change is one like any other. Holds the view at the cursor. Not
// thread-safe. What it is given must outlive it.
class ViewChanges {
 public:
  // NOT_FOUND for an unknown timeline or view; INVALID_ARGUMENT if one date is
  // given without the other, or is none; OUT_OF_RANGE if `after` is beyond the head.
  static absl::StatusOr<std::unique_ptr<ViewChanges>> Open(const QueryEngine* queries,
                                                           const EventLog* log,
                                                           const v1::SubscribeViewRequest& request);

  struct Limits {
    size_t max_events = 100;
    size_t max_rows = 1'000;  // Of changes; but those of one event stay together.
  };

  // Goes on to the head, or to the limits. Without items only at the head. The
  // errors of QueryEngine::AsOf; then the next call begins where this one did.
  // Costs one evaluation of the view an event; waits until the projections have
  // taken the events in.
  absl::StatusOr<ViewChangeBatch> Next(const Limits& limits);

  const std::string& timeline() const { return timeline_; }

  // Everything that changed up to here was delivered.
  Position position() const { return moment_.position; }

 private:
  // The rows by their keys, in the order of the view's key columns.
  using Rows = std::map<Key, v1::Row>;

  struct Dates {
    Instant valid;
    Instant known;
  };

  // The view at the cursor. Before the first event there is none.
  struct Moment {
    Position position;
    Rows rows;
  };

  ViewChanges(const QueryEngine* queries, const EventLog* log, std::string timeline,
              std::string view)
      : queries_(queries), log_(log), timeline_(std::move(timeline)), view_(std::move(view)) {}

  absl::StatusOr<Rows> RowsAt(Position position, Instant recorded_at);
  absl::StatusOr<v1::ViewChange> Advance(const v1::Event& event, Moment* moment);
  void Compare(const Rows& before, const Rows& after, v1::ViewChange* change) const;

  const QueryEngine* const queries_;
  const EventLog* const log_;
  const std::string timeline_;
  const std::string view_;
  std::optional<Dates> fixed_;        // Absent: now.
  std::vector<std::string> columns_;  // Those that aren't keys.
  Moment moment_;
  bool behind_ = true;  // Caught up is to be said when the head is reached.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_VIEW_CHANGES_H_
