// FeedReader and ViewFeedReader: a subscription's items, one after the other.
//
//   ANNALS_ASSIGN_OR_RETURN(auto feed, service.Subscribe(request));
//   while (true) {
//     ANNALS_ASSIGN_OR_RETURN(const v1::FeedItem item, feed->Next());
//     …
//   }
#ifndef ANNALS_ENGINE_SERVICE_FEED_READER_H_
#define ANNALS_ENGINE_SERVICE_FEED_READER_H_

#include "absl/status/statusor.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// For whoever has a thread to wait on. Only Cancel may be called from another one.
template <typename Item>
class ItemReader {
 public:
  virtual ~ItemReader() = default;

  // Waits for the next item, however long that takes. A feed has no end: it returns
  // CANCELLED after Cancel, UNAVAILABLE when whoever delivers it goes away, and
  // RESOURCE_EXHAUSTED when it was read too slowly. Then, as after any error, the
  // subscriber may subscribe anew, after the last item's position.
  virtual absl::StatusOr<Item> Next() = 0;

  // Returns at once; Next() then does, also one that waits already. Never undone.
  virtual void Cancel() = 0;
};

using FeedReader = ItemReader<v1::FeedItem>;
using ViewFeedReader = ItemReader<v1::ViewFeedItem>;

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_FEED_READER_H_
