#include "bench/serve/feed_writers.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstddef>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/venezuela/v1/statement.pb.h"

namespace annals::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr size_t kFillEvents = 1'000;

v1::Event MakeEvent(uint64_t number) {
  venezuela::v1::StatementMade statement;
  statement.set_topic("load");
  statement.set_gist(
      absl::StrFormat("Statement %012d, which is as long as an event of a usual "
                      "size needs it to be, and says nothing else at all: "
                      "one hundred and fifty bytes or so.",
                      number));
  v1::Event event;
  event.set_id(absl::StrFormat("load-%012d", number));
  event.set_stream(absl::StrCat("topic/", number % 1'000));
  event.set_occurred("2026-01-08");
  event.set_asserter("load");
  event.mutable_payload()->PackFrom(statement);
  return event;
}

using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

HttpRequest VerbRequest(absl::string_view verb, const google::protobuf::Message& message) {
  HttpRequest request(http::verb::post, absl::StrCat("/v1/verbs/", verb), 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::content_type, "application/protobuf");
  request.body() = message.SerializeAsString();
  request.prepare_payload();
  return request;
}

// Absent if the connection is lost, or there is none.
Task<std::optional<v1::AppendResponse>> Append(tcp::socket* socket,
                                               boost::beast::flat_buffer* buffer,
                                               const v1::AppendRequest& append) {
  const HttpRequest request = VerbRequest("Append", append);
  boost::system::error_code error;
  co_await http::async_write(*socket, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return std::nullopt;
  HttpResponse response;
  co_await http::async_read(*socket, *buffer, response,
                            asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return std::nullopt;
  v1::AppendResponse receipts;
  if (response.result() != http::status::ok || !receipts.ParseFromString(response.body())) {
    std::cerr << "feed_load: append: " << response.body() << '\n';
    throw std::runtime_error("the server refuses an append");
  }
  co_return receipts;
}

v1::AppendRequest NextEvents(LoadRun* run, size_t count) {
  v1::AppendRequest append;
  append.set_timeline(run->timeline);
  for (size_t i = 0; i < count; ++i) *append.add_events() = MakeEvent(run->next_number++);
  return append;
}

// If the run resumes, until it is acknowledged: an event that was recorded already has its
// first receipt again.
Task<v1::AppendResponse> AppendSurely(LoadRun* run, tcp::socket* socket,
                                      boost::beast::flat_buffer* buffer,
                                      const v1::AppendRequest& append) {
  while (true) {
    std::optional<v1::AppendResponse> receipts = co_await Append(socket, buffer, append);
    if (receipts.has_value()) co_return *std::move(receipts);
    if (!run->resume) throw std::runtime_error("the connection is lost");
    co_await Pause(run, kRetryPause);
    buffer->clear();
    boost::system::error_code error;
    socket->close(error);
    // Not there yet: appending fails at once, and it is tried again.
    co_await socket->async_connect(run->server, asio::redirect_error(asio::use_awaitable, error));
    socket->set_option(tcp::no_delay(true), error);
  }
}

}  // namespace

Task<void> Write(LoadRun* run, Clock::time_point begin, std::chrono::nanoseconds interval,
                 Clock::time_point end) {
  ++run->writing;
  tcp::socket socket = co_await Connect(run);
  boost::beast::flat_buffer buffer;
  asio::steady_timer timer(run->context);
  for (Clock::time_point due = begin; due < end; due += interval) {
    timer.expires_at(due);
    co_await timer.async_wait(asio::use_awaitable);
    const v1::AppendRequest append = NextEvents(run, 1);
    const Clock::time_point asked = Clock::now();
    const v1::AppendResponse receipts = co_await AppendSurely(run, &socket, &buffer, append);
    const Clock::time_point now = Clock::now();
    run->appends.push_back(static_cast<float>(MillisSince(asked, now)));
    run->Acknowledge(receipts.receipts(0).position(), now);
  }
  --run->writing;
}

Task<void> Fill(LoadRun* run, uint64_t count) {
  tcp::socket socket = co_await Connect(run);
  boost::beast::flat_buffer buffer;
  while (count > 0) {
    const size_t batch = std::min<uint64_t>(count, kFillEvents);
    const v1::AppendRequest append = NextEvents(run, batch);
    const v1::AppendResponse receipts = co_await AppendSurely(run, &socket, &buffer, append);
    run->first = receipts.receipts().rbegin()->position();
    count -= batch;
  }
}

}  // namespace annals::bench
