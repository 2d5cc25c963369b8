// Loads a running server with readers of a feed and with writers, and checks every
// reader's feed. tools/load starts the server and runs this; by hand:
//
//   annals serve --store ./store --http 127.0.0.1:7171
//   bazel run -c opt //bench/serve:feed_load -- --server=127.0.0.1:7171 --readers=100
//
// Readers follow the timeline from its head on, as Server-Sent Events, or with
// --grpc=127.0.0.1:7172 over gRPC, by the client that --grpc_client names; each checks that
// positions grow by one. Stalled readers ask and never read. Writers append events of about 256
// bytes, one a request, at the given rate in all, each on a connection of its own. Delay: from an
// event's acknowledgement to its arrival, 0 if it arrives first. With --catch_up, one reader reads
// what is there instead. With --resume, who loses the server connects again: readers go on after
// the last event that they have, writers repeat what was not acknowledged. Writes a JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "bench/serve/feed_writers.h"
#include "bench/serve/follower.h"
#include "bench/serve/grpc_follower.h"
#include "bench/serve/grpc_reader.h"
#include "bench/serve/http2_follower.h"
#include "bench/serve/load_run.h"
#include "bench/serve/sse_readers.h"

ABSL_FLAG(std::string, server, "127.0.0.1:7171", "address and port");
ABSL_FLAG(std::string, grpc, "", "address and port of gRPC, for readers that follow it there");
ABSL_FLAG(std::string, grpc_client, "grpc",
          "theirs: grpc, its own C++ client; or nghttp2, which is lean, with a connection each");
ABSL_FLAG(uint64_t, grpc_connections, 100, "that readers by gRPC's own client share");
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
using asio::ip::tcp;

// For events that were acknowledged to come in.
constexpr std::chrono::seconds kGrace(5);

tcp::endpoint Endpoint(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  uint32_t port = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port) || port > UINT16_MAX) {
    throw std::invalid_argument(absl::StrCat("\"", address, "\" isn't like 127.0.0.1:7171"));
  }
  return {asio::ip::make_address(parts[0]), static_cast<uint16_t>(port)};
}

// Absent if readers don't follow over gRPC.
std::unique_ptr<Followers> OverGrpc(LoadRun* run) {
  const std::string server = absl::GetFlag(FLAGS_grpc);
  const std::string client = absl::GetFlag(FLAGS_grpc_client);
  if (server.empty()) return nullptr;
  if (client == "nghttp2") return std::make_unique<Http2Followers>(&run->context, Endpoint(server));
  if (client == "grpc") {
    return std::make_unique<GrpcFollowers>(server, absl::GetFlag(FLAGS_grpc_connections));
  }
  throw std::invalid_argument(absl::StrCat("--grpc_client takes grpc or nghttp2, not ", client));
}

// In milliseconds, as far as they were kept; sorts them.
double Percentile(std::vector<float>* values, double share) {
  if (values->empty()) return 0;
  const auto at = values->begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(values->size() - 1));
  std::nth_element(values->begin(), at, values->end());
  return *at;
}

// The head, by the receipt of an event more.
Task<void> FindHead(LoadRun* run) { return Fill(run, 1); }

Task<void> FollowAndWrite(LoadRun* run) {
  const auto readers = absl::GetFlag(FLAGS_readers);
  const auto stalled = absl::GetFlag(FLAGS_stalled);
  const auto writers = absl::GetFlag(FLAGS_writers);
  co_await FindHead(run);
  GrpcReaders grpc_readers;
  const std::unique_ptr<Followers> followers = OverGrpc(run);  // Over before the readers are.
  for (uint64_t i = 0; i < readers; ++i) {
    const Reader reader = {.last = run->first};
    if (followers == nullptr) {
      Spawn(run, Read(run, reader));
    } else {
      grpc_readers.push_back(std::make_unique<GrpcReader>(run, followers.get(), reader));
    }
  }
  if (!grpc_readers.empty()) Spawn(run, Collect(run, &grpc_readers));
  for (uint64_t i = 0; i < stalled; ++i) Spawn(run, Stall(run));
  asio::steady_timer timer(run->context);
  while (run->following < readers && run->errors == 0 && run->ended == 0) {
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

Task<void> CatchUp(LoadRun* run, double* seconds) {
  co_await FindHead(run);
  const uint64_t head = run->first;
  run->first = 0;
  const Clock::time_point begin = Clock::now();
  if (absl::GetFlag(FLAGS_grpc).empty()) {
    co_await Read(run, {.until = head});
    *seconds = MillisSince(begin, Clock::now()) / 1e3;
  } else {
    GrpcReaders one;
    const std::unique_ptr<Followers> followers = OverGrpc(run);
    one.push_back(std::make_unique<GrpcReader>(run, followers.get(), Reader{.until = head}));
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

  LoadRun run;
  run.timeline = absl::GetFlag(FLAGS_timeline);
  run.resume = absl::GetFlag(FLAGS_resume);
  run.server = Endpoint(absl::GetFlag(FLAGS_server));
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
