// annals tail --follow, and a server that stops and starts again in the meantime.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/domains.h"
#include "client/remote_service.h"
#include "engine/base/mutex.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "server/annals_server.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTimeline[] = "notes";
constexpr char kConsumer[] = "mirror";

// An output whose lines another thread waits for, whenever they are flushed.
class WatchedOutput final : public std::stringbuf {
 public:
  void WaitForLines(int lines) {
    MutexLock hold(&mutex_);
    while (lines_ < lines) changed_.Wait(&mutex_);
  }

 protected:
  int sync() override {
    const std::string text = str();
    MutexLock hold(&mutex_);
    lines_ = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    changed_.NotifyAll();
    return 0;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int lines_ ABSL_GUARDED_BY(mutex_) = 0;
};

class FollowServerTest : public ::testing::Test {
 protected:
  FollowServerTest() {
    annals_.MakeNotes();
    Start(0);
    annals_.environment().connect = [](const ServerAddress& address) {
      return RemoteService::Connect(address.url, {});
    };
  }

  void Start(uint16_t port) {
    auto store = Store::Open(annals_.store(), &domains_, {.clock = &annals_.clock()});
    ASSERT_OK(store);
    store_ = *std::move(store);
    AnnalsServerOptions options;
    options.http.port = port;
    auto server = AnnalsServer::Start(store_.get(), options);
    ASSERT_OK(server);
    server_ = *std::move(server);
    port_ = server_->http().port;
  }

  void Stop() {
    EXPECT_OK(server_->Stop(std::chrono::seconds(10)));
    server_.reset();
    store_.reset();
  }

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }

  void Record(const std::string& source) {
    v1::Event event;
    event.set_id(absl::StrCat("event-", source));
    event.set_timeline(kTimeline);
    event.set_stream(absl::StrCat("source/", source));
    v1::SourceRegistered registered;
    registered.set_source(source);
    registered.set_title(source);
    event.mutable_payload()->PackFrom(registered);
    EXPECT_OK(store_->log().Append({.timeline = kTimeline, .events = {event}}));
  }

  AnnalsRunner annals_;
  const std::vector<Domain> domains_ = AllDomains();
  std::unique_ptr<Store> store_;
  std::unique_ptr<AnnalsServer> server_;
  uint16_t port_ = 0;
};

TEST_F(FollowServerTest, EveryEventIsPrintedOnceAcrossARestart) {
  for (int i = 0; i < 20; ++i) Record(absl::StrCat("early-", i));
  const uint16_t port = port_;
  const std::string server = url();
  std::promise<void> restarted;
  const std::shared_future<void> is_back = restarted.get_future().share();
  annals_.environment().pause = [&](std::chrono::milliseconds) { is_back.wait(); };
  WatchedOutput printed;
  std::ostringstream err;
  int code = -1;
  std::thread follower([&] {
    std::istringstream in;
    std::ostream out(&printed);
    code = RunAnnals({"tail", "--follow", "--after", "0", "--limit", "23", "--format", "json",
                      "--server", server},
                     in, out, err, annals_.environment());
  });
  printed.WaitForLines(21);
  Record("live");
  printed.WaitForLines(22);
  Stop();
  Start(0);
  Record("while-it-was-away");
  Stop();
  Start(port);
  restarted.set_value();
  follower.join();
  EXPECT_EQ(code, 0) << err.str();
  EXPECT_THAT(err.str(), HasSubstr("going on after position 22"));
  Stop();
  EXPECT_EQ(printed.str(),
            annals_.Print({"tail", "--after", "0", "--limit", "100", "--format", "json"}));
}

TEST_F(FollowServerTest, TheFilterIsTheServers) {
  Record("a");
  Record("b");
  const Outcome outcome =
      annals_.Run({"tail", "--stream", "source/b", "--format", "csv", "--server", url()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("event-b"), Not(HasSubstr("event-a"))));
}

TEST_F(FollowServerTest, AConsumerKeepsItsPlaceAcrossARestart) {
  Record("a");
  Record("b");
  const auto run = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "consumer");
    arguments.insert(arguments.end(), {"--format", "csv", "--server", url()});
    const Outcome outcome = annals_.Run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  run({"create", kConsumer, "--after", "1"});
  EXPECT_THAT(run({"fetch", kConsumer, "--limit", "1"}), HasSubstr("event-a"));
  run({"ack", kConsumer, "2"});
  Stop();
  Start(0);
  EXPECT_THAT(run({"fetch", kConsumer}), AllOf(HasSubstr("event-b"), Not(HasSubstr("event-a"))));
}

TEST_F(FollowServerTest, WhenItIsGoneTheCommandSaysWhere) {
  Stop();
  const Outcome outcome = annals_.Run({"timelines", "--server", url()});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(url()), HasSubstr("annals serve")));
}

}  // namespace
}  // namespace annals::testing
