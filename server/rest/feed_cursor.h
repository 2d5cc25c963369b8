// FeedCursor: a feed as the bytes of a response, piece by piece.
#ifndef ANNALS_SERVER_REST_FEED_CURSOR_H_
#define ANNALS_SERVER_REST_FEED_CURSOR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/feed/subscription.h"
#include "engine/feed/view_changes.h"
#include "engine/time/home_zone.h"

namespace annals::rest {

// How records are told apart.
enum class FeedForm {
  kEvents,  // Server-Sent Events: `id` is the position, `event` the item's kind.
  kLines,   // NDJSON: an object a line.
  kFrames,  // engine/service/stream_frame.h.
};

// What an event is written as. Only for the first two.
enum class EventForm { kJson, kCloudEvent };

struct FeedStyle {
  FeedForm form = FeedForm::kEvents;
  EventForm event = EventForm::kJson;
};

// Not thread-safe.
class FeedCursor {
 public:
  struct Piece {
    std::string records;  // Whole ones.
    bool at_head = false;
    Instant again_at = Instant::End();  // At the head: when to ask again at the latest.
  };

  virtual ~FeedCursor() = default;

  // The errors are those of the feed; nothing was skipped then.
  virtual absl::StatusOr<Piece> Next(Instant now) = 0;
  // Whether Next takes longer than a connection's thread has.
  virtual bool takes_long() const = 0;
  virtual const std::string& timeline() const = 0;
  // Everything up to here was given out.
  virtual Position position() const = 0;
  // A record that keeps an idle line open and says that somebody is there: a comment
  // among Server-Sent Events, else the checkpoint up to which everything was given out.
  virtual std::string Heartbeat() const = 0;
};

// A piece has at most 64 KiB of events, or one.
std::unique_ptr<FeedCursor> EventCursor(std::unique_ptr<Subscription> subscription,
                                        FeedStyle style);
// A view's changes have no form as cloud events. Their dates are written in `zone`.
std::unique_ptr<FeedCursor> ViewCursor(std::unique_ptr<ViewChanges> changes, FeedForm form,
                                       HomeZone zone);

// The last record of a feed that was cut.
std::string FeedFarewell(FeedForm form, const absl::Status& reason);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_FEED_CURSOR_H_
