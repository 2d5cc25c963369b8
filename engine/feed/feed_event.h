// FeedEvent: one event on its way to its subscribers.
#ifndef ANNALS_ENGINE_FEED_FEED_EVENT_H_
#define ANNALS_ENGINE_FEED_FEED_EVENT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Its stored bytes, what filters ask of them, and what it was rendered as: made
// once, shared by all who deliver it. Immutable but for the renderings;
// thread-safe.
class FeedEvent {
 public:
  // DATA_LOSS if the bytes are no serialized annals.v1.Event.
  static absl::StatusOr<std::shared_ptr<const FeedEvent>> FromBytes(Position position,
                                                                    std::string bytes);
  FeedEvent(const FeedEvent&) = delete;
  FeedEvent& operator=(const FeedEvent&) = delete;

  Position position() const { return position_; }

  // A serialized annals.v1.Event.
  absl::string_view bytes() const { return bytes_; }

  absl::string_view stream() const { return stream_; }
  absl::string_view asserter() const { return asserter_; }  // Empty: not attributed.
  absl::string_view type() const { return type_; }          // Full name; empty: no payload.

  // DATA_LOSS as above.
  absl::StatusOr<v1::Event> Decode() const;

  // What `render` makes of the event in `form`, whatever number the callers have
  // agreed on; made for the first who asks, while others who ask wait. Lives as
  // long as the event. `render` must not ask for another rendering.
  using Renderer = std::function<absl::StatusOr<std::string>(const FeedEvent&)>;
  const absl::StatusOr<std::string>& Rendered(int form, const Renderer& render) const;

 private:
  FeedEvent(Position position, std::string bytes);

  absl::Status FindFields();

  const Position position_;
  const std::string bytes_;
  absl::string_view stream_;  // These three point into `bytes_`.
  absl::string_view asserter_;
  absl::string_view type_;

  mutable Mutex mutex_;
  mutable std::map<int, absl::StatusOr<std::string>> renderings_ ABSL_GUARDED_BY(mutex_);
};

using FeedEventPtr = std::shared_ptr<const FeedEvent>;

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_FEED_EVENT_H_
