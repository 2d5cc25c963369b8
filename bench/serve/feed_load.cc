// Loads a running server with readers of a feed and with writers, and checks every
// reader's feed. tools/load starts the server and runs this; by hand:
//
//   annals serve --store ./store --http 127.0.0.1:7171
//   bazel run -c opt //bench/serve:feed_load -- --server=127.0.0.1:7171 --readers=100
//
// Readers follow the timeline as Server-Sent Events, or with --grpc=127.0.0.1:7172
// over gRPC, from its head on; each checks that positions grow by one. Stalled readers ask and
// never read. Writers append events of about 256 bytes, one a request, at the given rate in all,
// each on a connection of its own. Delay: from an event's acknowledgement to its arrival, 0 if it
// arrives first. With --catch_up, one reader reads what is there instead. With
// --resume, who loses the server connects again: readers go on after the last event
// that they have, writers repeat what was not acknowledged. Writes a JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "bench/serve/event_stream.h"
#include "bench/serve/grpc_follower.h"
#include "engine/base/mutex.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/venezuela/v1/statement.pb.h"

ABSL_FLAG(std::string, server, "127.0.0.1:7171", "address and port");
ABSL_FLAG(std::string, grpc, "", "address and port of gRPC, for readers that follow it there");
ABSL_FLAG(uint64_t, grpc_connections, 100, "that readers over gRPC share");
ABSL_FLAG(std::string, timeline, "load", "the timeline; it must exist");
ABSL_FLAG(uint64_t, readers, 100, "that follow the feed");
ABSL_FLAG(uint64_t, stalled, 0, "that ask for it and never read");
ABSL_FLAG(uint64_t, writers, 16, "that append");
ABSL_FLAG(double, rate, 1000, "events a second, of all writers together");
ABSL_FLAG(uint64_t, seconds, 10, "to append for");
ABSL_FLAG(uint64_t, fill, 0, "events to append first, a thousand a request");
ABSL_FLAG(bool, catch_up, false, "one reader reads the whole timeline, and that is all");
ABSL_FLAG(bool, resume, false, "connect again when the server goes away");
ABSL_FLAG(std::string, json, "", "write the findings here; by default to the standard output");

namespace annals::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
template <typename T>
using Task = asio::awaitable<T>;

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kFillEvents = 1'000;
constexpr std::chrono::milliseconds kRetryPause(20);
// For events that were acknowledged to come in.
constexpr std::chrono::seconds kGrace(5);

double MillisSince(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

// In milliseconds, as far as they were kept; sorts them.
double Percentile(std::vector<float>* values, double share) {
  if (values->empty()) return 0;
  const auto at = values->begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(values->size() - 1));
  std::nth_element(values->begin(), at, values->end());
  return *at;
}

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

// What all tasks of a run share. All run on one thread.
struct Run {
  asio::io_context context;
  tcp::endpoint server;
  std::string timeline;

  uint64_t first = 0;                    // The head at the beginning.
  std::vector<Clock::time_point> acked;  // By position, after `first`.
  std::vector<float> delays;             // Of deliveries.
  std::vector<float> appends;            // How long each took.
  uint64_t next_number = 0;              // Of an event.
  uint64_t acknowledged = 0;
  uint64_t delivered = 0;
  uint64_t gaps = 0;
  uint64_t repeats = 0;  // Or out of order.
  uint64_t following = 0;
  uint64_t writing = 0;
  uint64_t ended = 0;  // Readers whose feed ended before they were done.
  uint64_t errors = 0;
  bool stopping = false;

  void Acknowledge(uint64_t position, Clock::time_point now) {
    const uint64_t index = position - first;
    if (acked.size() <= index) acked.resize(std::max<size_t>(index + 1, acked.size() * 2));
    acked[index] = now;
    ++acknowledged;
  }
  void Deliver(uint64_t position, Clock::time_point now) {
    ++delivered;
    const uint64_t index = position - first;
    const bool is_acked = index < acked.size() && acked[index] != Clock::time_point();
    const double delay = is_acked ? MillisSince(acked[index], now) : 0;
    delays.push_back(static_cast<float>(std::max(delay, 0.0)));
  }
};

Task<tcp::socket> Connect(Run* run) {
  tcp::socket socket(run->context);
  co_await socket.async_connect(run->server, asio::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  co_return std::move(socket);
}

Task<void> Pause(Run* run, std::chrono::milliseconds time) {
  asio::steady_timer timer(run->context);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// HTTP/1.0, so that the body comes as it is.
std::string FeedRequest(const Run& run, uint64_t after) {
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

// What one reader knows.
struct Reader {
  uint64_t last = 0;
  uint64_t until = 0;  // Where it is done; 0: never.
  bool done = false;
};

void TakeEvent(Run* run, Reader* reader, uint64_t position, Clock::time_point now) {
  if (position > reader->last + 1) run->gaps += position - reader->last - 1;
  if (position <= reader->last) ++run->repeats;
  reader->last = position;
  run->Deliver(position, now);
  if (position == reader->until) reader->done = true;
}

void Take(Run* run, Reader* reader, const EventStreamParser::Item& item, Clock::time_point now) {
  if (item.name == "end") std::cerr << "feed_load: a feed ended: " << item.data << '\n';
  if (item.name == "event") TakeEvent(run, reader, item.id, now);
}

// Follows the feed until it ends.
Task<void> ReadOnce(Run* run, Reader* reader) {
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

Task<void> Read(Run* run, Reader reader) {
  const bool resume = absl::GetFlag(FLAGS_resume);
  while (!run->stopping && !reader.done) {
    bool lost = false;
    try {
      co_await ReadOnce(run, &reader);
    } catch (const boost::system::system_error&) {
      if (!resume) throw;
      lost = true;
    }
    if (!resume) break;
    if (lost) co_await Pause(run, kRetryPause);
  }
  if (!reader.done && !run->stopping) ++run->ended;
}

// One subscription over gRPC. What arrives there is counted when it is collected.
class GrpcReader {
 public:
  GrpcReader(Run* run, const std::shared_ptr<grpc::Channel>& channel, GrpcFollowerThread* thread,
             const Reader& reader)
      : run_(run),
        reader_(reader),
        follower_(channel, thread, Request(*run, reader),
                  {.take = [this](const v1::SubscribeResponse& response) { Receive(response); },
                   .ended = [this](const grpc::Status& status) { End(status); }}) {}

  const Reader& reader() const { return reader_; }
  bool ended() const { return ended_; }
  void Cancel() { follower_.Cancel(); }

  void Collect() {
    std::vector<Arrival> arrivals;
    std::optional<grpc::Status> end;
    {
      MutexLock lock(&mutex_);
      arrivals.swap(arrivals_);
      end.swap(end_);
    }
    if (!following_ && !arrivals.empty()) ++run_->following;
    following_ = following_ || !arrivals.empty();
    for (const Arrival& arrival : arrivals) {
      if (arrival.position > 0) TakeEvent(run_, &reader_, arrival.position, arrival.at);
    }
    if (!end.has_value()) return;
    ended_ = true;
    if (run_->stopping || reader_.done) return;
    ++run_->ended;
    std::cerr << "feed_load: a feed ended: " << end->error_message() << '\n';
  }

 private:
  struct Arrival {
    uint64_t position = 0;  // 0: a notice.
    Clock::time_point at;
  };

  static v1::SubscribeRequest Request(const Run& run, const Reader& reader) {
    v1::SubscribeRequest request;
    request.set_timeline(run.timeline);
    request.set_after(reader.last);
    return request;
  }

  void Receive(const v1::SubscribeResponse& response) {
    const Clock::time_point now = Clock::now();
    MutexLock lock(&mutex_);
    for (const v1::FeedItem& item : response.items()) {
      arrivals_.push_back({item.event().position(), now});
    }
  }

  void End(const grpc::Status& status) {
    MutexLock lock(&mutex_);
    end_ = status;
  }

  Run* const run_;
  Reader reader_;
  bool following_ = false;
  bool ended_ = false;

  Mutex mutex_;
  std::vector<Arrival> arrivals_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
  GrpcFollower follower_;  // Last: it calls at once.
};
using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

Channels OpenChannels() {
  Channels channels;
  const uint64_t count = std::max<uint64_t>(absl::GetFlag(FLAGS_grpc_connections), 1);
  for (uint64_t i = 0; i < count; ++i) channels.push_back(ChannelTo(absl::GetFlag(FLAGS_grpc)));
  return channels;
}

using GrpcReaders = std::vector<std::unique_ptr<GrpcReader>>;

// Collects every now and then, until each reader is over.
Task<void> Collect(Run* run, GrpcReaders* readers) {
  const auto is_over = [](const auto& reader) { return reader->ended(); };
  while (!std::all_of(readers->begin(), readers->end(), is_over)) {
    co_await Pause(run, std::chrono::milliseconds(2));
    for (const auto& reader : *readers) reader->Collect();
  }
}

Task<void> Stall(Run* run) {
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

v1::AppendRequest NextEvents(Run* run, size_t count) {
  v1::AppendRequest append;
  append.set_timeline(run->timeline);
  for (size_t i = 0; i < count; ++i) *append.add_events() = MakeEvent(run->next_number++);
  return append;
}

// With --resume, until it is acknowledged: an event that was recorded already has its
// first receipt again.
Task<v1::AppendResponse> AppendSurely(Run* run, tcp::socket* socket,
                                      boost::beast::flat_buffer* buffer,
                                      const v1::AppendRequest& append) {
  while (true) {
    std::optional<v1::AppendResponse> receipts = co_await Append(socket, buffer, append);
    if (receipts.has_value()) co_return *std::move(receipts);
    if (!absl::GetFlag(FLAGS_resume)) throw std::runtime_error("the connection is lost");
    co_await Pause(run, kRetryPause);
    buffer->clear();
    boost::system::error_code error;
    socket->close(error);
    // Not there yet: appending fails at once, and it is tried again.
    co_await socket->async_connect(run->server, asio::redirect_error(asio::use_awaitable, error));
    socket->set_option(tcp::no_delay(true), error);
  }
}

// One of the writers, of which each appends every `interval`, from `begin` on.
Task<void> Write(Run* run, Clock::time_point begin, std::chrono::nanoseconds interval,
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

Task<void> Fill(Run* run, uint64_t count) {
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

// The head, by the receipt of an event more.
Task<void> FindHead(Run* run) { return Fill(run, 1); }

void Spawn(Run* run, Task<void> task) {
  asio::co_spawn(run->context, std::move(task), [run](const std::exception_ptr& thrown) {
    if (!thrown) return;
    ++run->errors;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
      std::cerr << "feed_load: " << exception.what() << '\n';
    }
  });
}

Task<void> FollowAndWrite(Run* run) {
  const auto readers = absl::GetFlag(FLAGS_readers);
  const auto stalled = absl::GetFlag(FLAGS_stalled);
  const auto writers = absl::GetFlag(FLAGS_writers);
  co_await FindHead(run);
  GrpcReaders grpc_readers;
  GrpcFollowerThread grpc_thread;  // Over before the readers are.
  const Channels channels = absl::GetFlag(FLAGS_grpc).empty() ? Channels() : OpenChannels();
  for (uint64_t i = 0; i < readers; ++i) {
    const Reader reader = {.last = run->first};
    if (absl::GetFlag(FLAGS_grpc).empty()) {
      Spawn(run, Read(run, reader));
    } else {
      grpc_readers.push_back(
          std::make_unique<GrpcReader>(run, channels[i % channels.size()], &grpc_thread, reader));
    }
  }
  if (!grpc_readers.empty()) Spawn(run, Collect(run, &grpc_readers));
  for (uint64_t i = 0; i < stalled; ++i) Spawn(run, Stall(run));
  asio::steady_timer timer(run->context);
  while (run->following < readers && run->errors == 0) {
    timer.expires_after(std::chrono::milliseconds(10));
    co_await timer.async_wait(asio::use_awaitable);
  }
  const auto interval = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(static_cast<double>(writers) / absl::GetFlag(FLAGS_rate)));
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::seconds(absl::GetFlag(FLAGS_seconds));
  for (uint64_t i = 0; i < writers; ++i) {
    const Clock::time_point at =
        begin + interval * static_cast<int64_t>(i) / static_cast<int64_t>(writers);
    Spawn(run, Write(run, at, interval, end));
  }
  timer.expires_at(end);
  co_await timer.async_wait(asio::use_awaitable);
  const Clock::time_point patience = Clock::now() + kGrace;
  while ((run->writing > 0 || run->delivered < run->acknowledged * readers) &&
         Clock::now() < patience) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
  }
  run->stopping = true;
  for (const auto& reader : grpc_readers) reader->Cancel();
  co_await Collect(run, &grpc_readers);
  run->context.stop();
}

Task<void> CatchUp(Run* run, double* seconds) {
  co_await FindHead(run);
  const uint64_t head = run->first;
  run->first = 0;
  const Clock::time_point begin = Clock::now();
  if (absl::GetFlag(FLAGS_grpc).empty()) {
    co_await Read(run, {.until = head});
    *seconds = MillisSince(begin, Clock::now()) / 1e3;
  } else {
    GrpcReaders one;
    GrpcFollowerThread grpc_thread;
    one.push_back(std::make_unique<GrpcReader>(run, OpenChannels().front(), &grpc_thread,
                                               Reader{.until = head}));
    while (!one.front()->reader().done && !one.front()->ended()) {
      co_await Pause(run, std::chrono::milliseconds(1));
      one.front()->Collect();
    }
    *seconds = MillisSince(begin, Clock::now()) / 1e3;
    one.front()->Cancel();
    co_await Collect(run, &one);
  }
  run->acknowledged = head;
  run->stopping = true;
}

int Main() {
  rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  Run run;
  run.timeline = absl::GetFlag(FLAGS_timeline);
  const std::vector<std::string> parts = absl::StrSplit(absl::GetFlag(FLAGS_server), ':');
  uint32_t port = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port) || port > UINT16_MAX) {
    std::cerr << "feed_load: --server takes 127.0.0.1:7171\n";
    return 2;
  }
  run.server = {asio::ip::make_address(parts[0]), static_cast<uint16_t>(port)};
  run.next_number = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch() /
                                          std::chrono::microseconds(1));
  if (const uint64_t fill = absl::GetFlag(FLAGS_fill); fill > 0) {
    Spawn(&run, Fill(&run, fill));
    run.context.run();
    run.context.restart();
  }
  double seconds = static_cast<double>(absl::GetFlag(FLAGS_seconds));
  Spawn(&run, absl::GetFlag(FLAGS_catch_up) ? CatchUp(&run, &seconds) : FollowAndWrite(&run));
  run.context.run();

  const uint64_t expected =
      run.acknowledged * (absl::GetFlag(FLAGS_catch_up) ? 1 : absl::GetFlag(FLAGS_readers));
  const std::string report = absl::StrFormat(
      "{\"acknowledged\": %d, \"delivered\": %d, \"missing\": %d, \"gaps\": %d, \"repeats\": %d, "
      "\"ended\": %d, \"errors\": %d, \"seconds\": %.3f, \"delayP50Ms\": %.3f, "
      "\"delayP99Ms\": %.3f, \"appendP50Ms\": %.3f, \"appendP99Ms\": %.3f}\n",
      run.acknowledged, run.delivered,
      static_cast<int64_t>(expected) - static_cast<int64_t>(run.delivered), run.gaps, run.repeats,
      run.ended, run.errors, seconds, Percentile(&run.delays, 0.5), Percentile(&run.delays, 0.99),
      Percentile(&run.appends, 0.5), Percentile(&run.appends, 0.99));
  if (absl::GetFlag(FLAGS_json).empty()) {
    std::cout << report;
  } else {
    std::ofstream(absl::GetFlag(FLAGS_json)) << report;
  }
  return run.errors == 0 ? 0 : 1;
}

}  // namespace
}  // namespace annals::bench

int main(int argc, char** argv) {
  // Debian's Abseil is built with its search for deadlocks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::SetProgramUsageMessage("Loads a server with readers and writers of a timeline's feed.");
  absl::ParseCommandLine(argc, argv);
  try {
    return annals::bench::Main();
  } catch (const std::exception& exception) {
    std::cerr << "feed_load: " << exception.what() << '\n';
    return 1;
  }
}
