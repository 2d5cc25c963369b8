// SendFeed: follows a feed, and sends it to one connection.
#ifndef ANNALS_SERVER_REST_SEND_FEED_H_
#define ANNALS_SERVER_REST_SEND_FEED_H_

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "engine/base/clock.h"
#include "engine/feed/head_watch.h"
#include "engine/service/stream_pass.h"
#include "server/http/response.h"
#include "server/rest/feed_cursor.h"

namespace annals::rest {

// What following a feed takes. All of it must outlive the streams.
struct FeedSurroundings {
  HeadWatch* heads;
  boost::asio::thread_pool* pool;
  const Clock* clock;
  std::atomic<int64_t>* readers;  // How many streams there are.
  // A reader that has left no room for so long is cut.
  std::chrono::milliseconds patience = std::chrono::seconds(10);
  // So often something is sent, so that nobody on the way takes the line for dead.
  std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
};

// Holds no thread while there is nothing to send, and in memory the cursor and what
// the connection's stream may buffer (http::Limits). A reader is waited for, and reads
// on from the log; one that doesn't read at all is cut with RESOURCE_EXHAUSTED.
// So is one whose pass is revoked, at once, with UNAUTHENTICATED.
http::StreamBody FeedBody(std::unique_ptr<FeedCursor> cursor, FeedForm form, StreamPassPtr pass,
                          const FeedSurroundings& surroundings);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_SEND_FEED_H_
