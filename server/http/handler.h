// Handler: what answers a request.
#ifndef ANNALS_SERVER_HTTP_HANDLER_H_
#define ANNALS_SERVER_HTTP_HANDLER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace annals::http {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

// Runs on the connection's thread, which it shares with a part of all other
// connections: it may take as long as reading an answer from memory or cache takes
// (up to some 10 ms now and then), and must not wait for another request, for
// a synced write or for the network; that is what RunBlocking is for. The request
// lives until the awaitable is done; a stream that begins then must not refer to it.
// An error becomes a problem document; so does an exception, as INTERNAL.
using Handler = std::function<Awaitable<absl::StatusOr<Response>>(const Request&)>;

// A handler that never waits.
inline Handler Immediately(std::function<absl::StatusOr<Response>(const Request&)> answer) {
  return
      [answer = std::move(answer)](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
        co_return answer(request);
      };
}

// Calls `work` on a thread of `pool`, and resumes on the connection's own thread
// with what it returned, whose type must be default constructible.
template <typename Work>
Awaitable<std::invoke_result_t<Work>> RunBlocking(boost::asio::thread_pool& pool, Work work) {
  auto on_pool = [](Work w) -> Awaitable<std::invoke_result_t<Work>> { co_return w(); };
  auto running = on_pool(std::move(work));
  co_return co_await boost::asio::co_spawn(pool, std::move(running), boost::asio::use_awaitable);
}

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_HANDLER_H_
