// annals tail: filters, and following a server that comes and goes.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "cli/domains.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/loopback_service.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kUrl[] = "http://127.0.0.1:7171";
constexpr int kItemsBeforeABreak = 10;

// What goes wrong, and when.
struct Outages {
  int subscriptions_refused = 0;  // From now on, that many.
  absl::Status reason = absl::UnavailableError("the server has gone");
};

template <typename Item>
class BreakingReader final : public ItemReader<Item> {
 public:
  BreakingReader(std::unique_ptr<ItemReader<Item>> feed, const Outages* outages)
      : feed_(std::move(feed)), outages_(outages) {}

  absl::StatusOr<Item> Next() override {
    if (++items_ > kItemsBeforeABreak) return outages_->reason;
    return feed_->Next();
  }
  void Cancel() override { feed_->Cancel(); }

 private:
  const std::unique_ptr<ItemReader<Item>> feed_;
  const Outages* const outages_;
  int items_ = 0;
};

// Every subscription breaks off after some items.
class BreakingService final : public LoopbackService {
 public:
  BreakingService(std::unique_ptr<Store> store, std::unique_ptr<std::vector<Domain>> domains,
                  Outages* outages)
      : LoopbackService(std::move(store), std::move(domains)), outages_(outages) {}

  absl::StatusOr<std::unique_ptr<FeedReader>> Subscribe(
      const v1::SubscribeRequest& request) override {
    if (outages_->subscriptions_refused > 0) {
      --outages_->subscriptions_refused;
      return absl::UnavailableError("nobody answers");
    }
    auto feed = LoopbackService::Subscribe(request);
    if (!feed.ok()) return feed.status();
    return std::make_unique<BreakingReader<v1::FeedItem>>(*std::move(feed), outages_);
  }

  absl::StatusOr<std::unique_ptr<ViewFeedReader>> SubscribeView(
      const v1::SubscribeViewRequest& request) override {
    auto feed = LoopbackService::SubscribeView(request);
    if (!feed.ok()) return feed.status();
    return std::make_unique<BreakingReader<v1::ViewFeedItem>>(*std::move(feed), outages_);
  }

 private:
  Outages* const outages_;
};

class TailTest : public ::testing::Test {
 protected:
  TailTest() {
    annals_.environment().connect =
        [this](const ServerAddress&) -> absl::StatusOr<std::unique_ptr<Service>> {
      auto domains = std::make_unique<std::vector<Domain>>(AllDomains());
      auto store = Store::Open(annals_.store(), domains.get(), {.clock = &annals_.clock()});
      if (!store.ok()) return store.status();
      auto service =
          std::make_unique<BreakingService>(*std::move(store), std::move(domains), &outages_);
      service_ = service.get();
      return service;
    };
    annals_.environment().pause = [this](std::chrono::milliseconds time) {
      pauses_.push_back(time.count());
      if (while_away_) std::exchange(while_away_, nullptr)();
    };
    annals_.LoadBundled();
  }

  Outcome Follow(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"tail", "--follow", "--server", kUrl};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return annals_.Run(arguments);
  }

  AnnalsRunner annals_;
  Outages outages_;
  Service* service_ = nullptr;  // Of the run that is under way.
  std::vector<int64_t> pauses_;
  std::function<void()> while_away_;
};

TEST_F(TailTest, FollowingGoesOnAfterEachBreakWithoutAGapOrARepeat) {
  const std::string whole =
      annals_.Print({"tail", "--after", "0", "--limit", "60", "--format", "json"});
  outages_.subscriptions_refused = 0;
  const Outcome followed = Follow({"--after", "0", "--limit", "60", "--format", "json"});
  EXPECT_EQ(followed.code, 0);
  EXPECT_EQ(followed.out, whole);
  EXPECT_THAT(pauses_, ElementsAre(100, 100, 100, 100, 100));
  EXPECT_THAT(followed.err, StartsWith("annals: the server has gone; going on after position 10 "));
}

TEST_F(TailTest, WhatIsRecordedWhileTheServerIsAwayIsDelivered) {
  const uint64_t head = 82;
  while_away_ = [this] {
    v1::AppendRequest append;
    append.set_timeline("venezuela-2026");
    v1::Event* const event = append.add_events();
    event->set_id("news");
    event->set_timeline("venezuela-2026");
    event->set_stream("source/news");
    v1::SourceRegistered source;
    source.set_source("news");
    source.set_title("News");
    event->mutable_payload()->PackFrom(source);
    EXPECT_OK(service_->Append(append));
    outages_.subscriptions_refused = 3;
  };
  const Outcome followed =
      Follow({"--after", std::to_string(head - 9), "--limit", "10", "--format", "json"});
  EXPECT_EQ(followed.code, 0) << followed.err;
  EXPECT_THAT(followed.out, HasSubstr("\"id\": \"news\""));
  EXPECT_THAT(pauses_, ElementsAre(100, 200, 400, 800));
}

TEST_F(TailTest, WhatWillNotPassEndsIt) {
  outages_.reason = absl::DataLossError("event 11 is damaged");
  const Outcome followed = Follow({"--after", "0", "--format", "csv"});
  EXPECT_EQ(followed.code, 6);
  EXPECT_THAT(followed.err, HasSubstr("event 11 is damaged"));
  EXPECT_THAT(pauses_, ElementsAre());
}

TEST_F(TailTest, AServerThatIsNotThereAtFirstIsAnError) {
  outages_.subscriptions_refused = 1;
  EXPECT_EQ(Follow({}).code, 5);
}

TEST_F(TailTest, EachFormatHasALineAnEventAndOneOfTitles) {
  for (const auto& [format, lines] : std::vector<std::pair<std::string, int>>{
           {"json", 3}, {"csv", 4}, {"table", 4}, {"markdown", 5}}) {
    const Outcome followed = Follow({"--after", "0", "--limit", "3", "--format", format});
    EXPECT_EQ(followed.code, 0) << followed.err;
    EXPECT_EQ(std::count(followed.out.begin(), followed.out.end(), '\n'), lines) << followed.out;
  }
  EXPECT_THAT(Follow({"--after", "0", "--limit", "1"}).out,
              AllOf(StartsWith("position  "), HasSubstr("\n1 ")));
}

TEST_F(TailTest, AStoreOfOnesOwnHasNothingToFollow) {
  const Outcome outcome = annals_.Run({"tail", "--follow"});
  EXPECT_EQ(outcome.code, 8);
  EXPECT_THAT(outcome.err, HasSubstr("needs --server URL"));
}

TEST_F(TailTest, FiltersByStreamTypeAndAsserter) {
  const std::string all =
      annals_.Print({"tail", "--after", "0", "--limit", "100", "--format", "csv"});
  const std::string sources =
      annals_.Print({"tail", "--stream", "source/", "--limit", "100", "--format", "csv"});
  EXPECT_THAT(sources, AllOf(HasSubstr(",source/"), Not(HasSubstr("ReleaseVerified"))));
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_LT(lines(sources), lines(all));
  EXPECT_EQ(
      annals_.Print({"tail", "--type", "SourceRegistered", "--limit", "100", "--format", "csv"}),
      annals_.Print(
          {"tail", "--type", "annals.v1.SourceRegistered", "--limit", "100", "--format", "csv"}));
  // The last ones, unless it is said after which.
  const std::string last =
      annals_.Print({"tail", "--stream", "source/", "--limit", "1", "--format", "csv"});
  const std::string first = annals_.Print(
      {"tail", "--stream", "source/", "--limit", "1", "--after", "0", "--format", "csv"});
  EXPECT_NE(first, last);
  EXPECT_EQ(sources.substr(0, first.size()), first);
  EXPECT_EQ(annals_.Run({"tail", "--asserter", "nobody"}).out, "(nothing)\n");
}

TEST_F(TailTest, AViewsChangesAreFollowedAcrossEachBreakAsTheyAreListed) {
  for (const char* format : {"json", "csv"}) {
    const std::string listed = annals_.Print(
        {"tail", "--view", "summary", "--after", "0", "--limit", "20", "--format", format});
    const Outcome followed =
        Follow({"--view", "summary", "--after", "0", "--limit", "20", "--format", format});
    EXPECT_EQ(followed.code, 0) << followed.err;
    EXPECT_EQ(followed.out, listed);
  }
  EXPECT_THAT(pauses_, Not(IsEmpty()));
}

TEST_F(TailTest, AChangeNamesTheEventAndTheValuesBeforeAndAfter) {
  const std::string last = annals_.Print({"tail", "--view", "summary", "--limit", "1"});
  EXPECT_THAT(last, StartsWith("position  event "));
  EXPECT_THAT(last, AllOf(HasSubstr("82  biagio-pilieri-release-s4  fact=description-stated"),
                          HasSubstr("certain"), HasSubstr("2026-01-08")));
  EXPECT_THAT(
      annals_.Print({"tail", "--view", "summary", "--limit", "1", "--format", "csv"}),
      AllOf(StartsWith("position,event,change,key,column,world,before,"),
            HasSubstr("\n82,biagio-pilieri-release-s4,changed,fact=description-stated,occurred,"
                      "certain,[2026-01-08..],")));
  EXPECT_THAT(annals_.Print({"tail", "--view", "summary", "--limit", "1", "--format", "json"}),
              StartsWith("{\"position\": 82, \"event\": \"biagio-pilieri-release-s4\", "));
}

TEST_F(TailTest, AViewAsOfADateChangesWithWhatIsLearned) {
  const std::vector<std::string> ask = {"tail", "--view",  "summary",   "--after",
                                        "0",    "--limit", "100",       "--format",
                                        "csv",  "--valid", "2025-12-31"};
  std::vector<std::string> dated = ask;
  dated.insert(dated.end(), {"--known", "2026-12-31"});
  EXPECT_THAT(annals_.Print(dated),
              AllOf(HasSubstr("person-detained"), Not(HasSubstr("strike-wave-cancelled"))));
  const Outcome halved = annals_.Run(ask);
  EXPECT_EQ(halved.code, 2);
  EXPECT_THAT(halved.err, HasSubstr("given together"));
}

TEST_F(TailTest, AViewIsNotFilteredAndDatesNeedAView) {
  const Outcome filtered = annals_.Run({"tail", "--view", "summary", "--stream", "source/"});
  EXPECT_EQ(filtered.code, 2);
  EXPECT_THAT(filtered.err, HasSubstr("choose events"));
  const Outcome dated = annals_.Run({"tail", "--known", "2026-01-12"});
  EXPECT_EQ(dated.code, 2);
  EXPECT_THAT(dated.err, HasSubstr("name the view with --view"));
  const Outcome unknown = annals_.Run({"tail", "--view", "sumary"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("summary"));
}

TEST_F(TailTest, AnUnknownTypeIsRefusedWithTheNearest) {
  const Outcome outcome = annals_.Run({"tail", "--type", "SourceRegisterd"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("no event type \"SourceRegisterd\""),
                                 HasSubstr("the types are \"annals.v1."),
                                 HasSubstr("\"annals.v1.SourceRegistered\"")));
}

TEST_F(TailTest, TheTimelineMayBeNamedAtOnce) {
  EXPECT_EQ(annals_.Print({"tail", "venezuela-2026"}), annals_.Print({"tail"}));
  EXPECT_EQ(annals_.Run({"tail", "venezuela-2026", "--timeline", "other"}).code, 2);
  EXPECT_EQ(annals_.Run({"tail", "other"}).code, 3);
}

}  // namespace
}  // namespace annals::testing
