// Handler: what answers a request.
#ifndef ANNALS_SERVER_HTTP_HANDLER_H_
#define ANNALS_SERVER_HTTP_HANDLER_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
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

// Calls `work` on a thread of `pool`, and resumes on the connection's own thread with
// what it returned, whose type must be default constructible. The coroutine itself
// never leaves its thread: one that is spawned on another executor shares its
// cancellation with who awaits it, who may be further on before it is gone.
template <typename Work>
Awaitable<std::invoke_result_t<Work>> RunBlocking(boost::asio::thread_pool& pool, Work work) {
  std::invoke_result_t<Work> result;
  std::exception_ptr thrown;
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  auto start = [&](auto resume) {
    boost::asio::post(pool, [&, resume = std::move(resume)]() mutable {
      try {
        result = work();
      } catch (...) {
        thrown = std::current_exception();
      }
      // A copy of the executor: ours is gone once it resumes.
      boost::asio::post(boost::asio::any_io_executor(executor), std::move(resume));
    });
  };
  const auto token = boost::asio::use_awaitable;
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(start, token);
  if (thrown != nullptr) std::rethrow_exception(thrown);
  co_return result;
}

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_HANDLER_H_
