// Subscribers that race with writers, whatever the sizes of batches and rings.
#include <algorithm>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/feed/feed.h"
#include "engine/feed/head_watch.h"
#include "engine/feed/subscription.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::kNoon;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;

constexpr int kWriters = 4;
constexpr int kBatchesEach = 60;
constexpr int kSubscribers = 8;

// What one subscriber saw, and what was wrong with it.
struct Seen {
  uint64_t after = 0;
  std::string prefix;
  std::vector<uint64_t> events;
  uint64_t last = 0;
  std::string complaint;
};

class SubscriptionRaceTest : public LogFixture, public ::testing::WithParamInterface<int> {
 protected:
  void Write(int writer, unsigned seed) {
    std::mt19937 random(seed);
    for (int batch = 0; batch < kBatchesEach; ++batch) {
      std::vector<v1::Event> events;
      const int size = 1 + static_cast<int>(random() % 12);
      for (int i = 0; i < size; ++i) {
        events.push_back(MakeNote(absl::StrCat(writer, "-", batch, "-", i),
                                  absl::StrCat("s", random() % 3),
                                  std::string(random() % 90, 'x')));
      }
      ASSERT_OK(Append(std::move(events)));
    }
  }

  static void Check(const FeedItem& item, const Subscription& subscription, Seen* seen) {
    const uint64_t position = item.position.value;
    if (position < seen->last || position > subscription.position().value) {
      seen->complaint = absl::StrCat("an item at ", position, " after ", seen->last);
    }
    if (item.kind == FeedItem::Kind::kEvent) {
      if (position == seen->last) seen->complaint = absl::StrCat("a repeat at ", position);
      const auto event = item.event->Decode();
      if (!event.ok() || event->position() != position) {
        seen->complaint = absl::StrCat("another event at ", position);
      }
      seen->events.push_back(position);
    }
    seen->last = position;
  }

  // Follows the feed up to `end`, by way of several subscriptions: now and then it
  // breaks off and resumes after the last item.
  void Follow(Feed* feed, unsigned seed, std::shared_future<uint64_t> end, Seen* seen) {
    std::mt19937 random(seed);
    v1::SubscribeRequest request;
    request.set_timeline("t");
    if (!seen->prefix.empty()) request.mutable_filter()->add_stream_prefixes(seen->prefix);
    std::unique_ptr<Subscription> subscription;
    while (seen->complaint.empty()) {
      if (subscription == nullptr || random() % 20 == 0) {
        request.set_after(seen->last);
        auto subscribed = feed->Subscribe(request);
        ASSERT_OK(subscribed);
        subscription = *std::move(subscribed);
      }
      const Subscription::Limits limits = {.max_events = 1 + random() % 40,
                                           .max_bytes = 1 + random() % 5'000};
      const auto batch = subscription->Next(limits, kNoon);
      ASSERT_OK(batch);
      for (const FeedItem& item : batch->items) Check(item, *subscription, seen);
      if (!batch->at_head) continue;
      if (end.wait_for(std::chrono::seconds(0)) == std::future_status::ready &&
          subscription->position().value == end.get()) {
        return;
      }
      auto woken = std::make_shared<std::promise<void>>();
      const auto wait =
          feed->heads().WaitBeyond("t", subscription->position(), [woken] { woken->set_value(); });
      ASSERT_OK(wait);
      if (*wait) woken->get_future().get();
    }
  }

  // The positions that a subscriber should have seen, from the log itself.
  std::vector<uint64_t> Expected(const Seen& seen) {
    std::vector<uint64_t> expected;
    auto reader = log().ReadAfter("t", Position{seen.after});
    EXPECT_OK(reader);
    while ((*reader)->Next()) {
      const v1::Event& event = (*reader)->event();
      if (absl::StartsWith(event.stream(), seen.prefix)) expected.push_back(event.position());
    }
    return expected;
  }
};

TEST_P(SubscriptionRaceTest, NobodyMissesRepeatsOrReorders) {
  const auto seed = static_cast<unsigned>(GetParam());
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  CreateTimeline();
  Write(kWriters, seed);  // Some history.
  const uint64_t history = log().GetHead("t")->position.value;

  Feed feed(&log(), {.tail = {.max_events = 1 + random() % 200, .max_bytes = 1 + random() % 20'000},
                     .subscription = {.checkpoint_positions = 1 + random() % 50,
                                      .lag_positions = random() % 100}});
  std::promise<uint64_t> end;
  const std::shared_future<uint64_t> ended = end.get_future().share();
  std::vector<Seen> seen(kSubscribers);
  std::vector<std::thread> subscribers;
  for (int i = 0; i < kSubscribers; ++i) {
    seen[i].after = seen[i].last = random() % (history + 1);
    if (i % 2 == 1) seen[i].prefix = absl::StrCat("s", i % 3);
    subscribers.emplace_back([&, i] { Follow(&feed, seed * 100 + i, ended, &seen[i]); });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] { Write(i, seed * 100 + 50 + i); });
  }
  for (std::thread& writer : writers) writer.join();
  // One more commit, so that nobody waits for what never comes.
  end.set_value(log().GetHead("t")->position.value + 1);
  ASSERT_OK(Append({MakeNote("last", "s0")}));
  for (std::thread& subscriber : subscribers) subscriber.join();

  for (const Seen& one : seen) {
    EXPECT_EQ(one.complaint, "");
    EXPECT_EQ(one.events, Expected(one)) << "after " << one.after << ", stream " << one.prefix;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SubscriptionRaceTest, ::testing::Range(1, 9));

}  // namespace
}  // namespace annals
