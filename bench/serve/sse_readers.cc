#include "bench/serve/sse_readers.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "bench/serve/event_stream.h"

namespace annals::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr size_t kReadBytes = 64 << 10;

// HTTP/1.0, so that the body comes as it is.
std::string FeedRequest(const LoadRun& run, uint64_t after) {
  return absl::StrCat("GET /v1/timelines/", run.timeline, "/feed?after=", after,
                      " HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
}

// Reads up to the body; what came of that already.
Task<std::string> ReadHead(tcp::socket* socket) {
  std::string buffer;
  const size_t end = co_await asio::async_read_until(*socket, asio::dynamic_buffer(buffer),
                                                     "\r\n\r\n", asio::use_awaitable);
  if (buffer.find(" 200 ") > end) {
    std::cerr << "feed_load: " << buffer << '\n';
    throw std::runtime_error("the server refuses the feed");
  }
  co_return buffer.substr(end);
}

void Take(LoadRun* run, Reader* reader, const EventStreamParser::Item& item,
          Clock::time_point now) {
  if (item.name == "end") std::cerr << "feed_load: a feed ended: " << item.data << '\n';
  if (item.name == "event") TakeEvent(run, reader, item.id, now);
}

// Follows the feed until it ends.
Task<void> ReadOnce(LoadRun* run, Reader* reader) {
  tcp::socket socket = co_await Connect(run);
  const std::string request = FeedRequest(*run, reader->last);
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  std::string bytes = co_await ReadHead(&socket);
  ++run->following;
  EventStreamParser parser;
  boost::system::error_code error;
  while (!error) {
    const Clock::time_point now = Clock::now();
    parser.Feed(bytes, [&](const EventStreamParser::Item& item) { Take(run, reader, item, now); });
    if (reader->done) co_return;
    bytes.resize(kReadBytes);
    const size_t read = co_await socket.async_read_some(
        asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    bytes.resize(read);
  }
}

}  // namespace

Task<void> Read(LoadRun* run, Reader reader) {
  while (!run->stopping && !reader.done) {
    bool lost = false;
    try {
      co_await ReadOnce(run, &reader);
    } catch (const boost::system::system_error&) {
      if (!run->resume) throw;
      lost = true;
    }
    if (!run->resume) break;
    if (lost) co_await Pause(run, kRetryPause);
  }
  if (!reader.done && !run->stopping) ++run->ended;
}

Task<void> Stall(LoadRun* run) {
  tcp::socket socket(run->context);
  // A small window, so that what the server has sent stays with the server.
  socket.open(tcp::v4());
  socket.set_option(asio::socket_base::receive_buffer_size(4096));
  co_await socket.async_connect(run->server, asio::use_awaitable);
  const std::string request = FeedRequest(*run, run->first);
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  // It never reads, so it doesn't see that it is cut: the server tells.
  while (!run->stopping) co_await Pause(run, std::chrono::milliseconds(200));
}

}  // namespace annals::bench
