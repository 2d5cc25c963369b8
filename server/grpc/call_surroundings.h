// CallSurroundings: what the calls of a server share.
#ifndef ANNALS_SERVER_GRPC_CALL_SURROUNDINGS_H_
#define ANNALS_SERVER_GRPC_CALL_SURROUNDINGS_H_

#include <boost/asio/thread_pool.hpp>
#include <chrono>

#include "engine/base/clock.h"
#include "engine/feed/head_watch.h"
#include "server/grpc/open_calls.h"

namespace annals {

// It must outlive the calls.
struct CallSurroundings {
  // For what may wait for the disk or compute for long.
  boost::asio::thread_pool* pool = nullptr;
  OpenCalls* calls = nullptr;
  HeadWatch* heads = nullptr;
  const Clock* clock = nullptr;
  // How long a reader may take nothing while there is something for it.
  std::chrono::milliseconds slow_reader_patience = std::chrono::seconds(10);
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_CALL_SURROUNDINGS_H_
