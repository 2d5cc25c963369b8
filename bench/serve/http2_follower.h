// Http2Followers: subscriptions by a client that costs little.
#ifndef ANNALS_BENCH_SERVE_HTTP2_FOLLOWER_H_
#define ANNALS_BENCH_SERVE_HTTP2_FOLLOWER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "bench/serve/follower.h"

namespace annals::bench {

// The clients share the processors with the server that they measure. Of gRPC's own C++ clients
// a hundred take more than half as much of them as the server does, and each answers every
// message with a window update, which the server has to read. Who asks what a server can
// do takes these instead, as who measures an HTTP server takes wrk. They check as much:
// what comes is parsed, and the call's status is the server's.
//
// Each has a connection of its own. All run on the context's thread, which must be one, and
// is where Follow and Cancel are called. The context must outlive them.
class Http2Followers final : public Followers {
 public:
  Http2Followers(boost::asio::io_context* context, boost::asio::ip::tcp::endpoint server)
      : context_(context), server_(server) {}

  std::unique_ptr<Follower> Follow(const v1::SubscribeRequest& request,
                                   Following following) override;

 private:
  boost::asio::io_context* const context_;
  const boost::asio::ip::tcp::endpoint server_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_HTTP2_FOLLOWER_H_
