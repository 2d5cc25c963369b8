// A consumer's members at random: whatever they do and whenever the store is opened
// again, every matching event comes to somebody until it is acknowledged or parked.
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/feed/durable_consumer.h"
#include "gtest/gtest.h"
#include "tests/engine/feed/consumer_fixture.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::ConsumerFixture;
using ::annals::testing::kSecond;

constexpr int kSteps = 250;
constexpr int kMembers = 3;
constexpr int64_t kVisibility = 10 * kSecond;

class ConsumerModelTest : public ConsumerFixture, public ::testing::WithParamInterface<int> {
 protected:
  // Who has an event, and until when.
  struct Hold {
    std::string member;
    Instant until;
  };

  static v1::Consumer ModelSettings() {
    v1::Consumer settings = Settings();
    settings.set_max_deliveries(4);
    settings.set_window(12);
    return settings;
  }

  std::string AnyMember() { return absl::StrCat("m", random_() % kMembers); }

  void AppendSome() {
    std::vector<std::string> streams;
    for (unsigned i = 0; i <= random_() % 5; ++i) {
      static constexpr const char* kStreams[] = {"s1", "s2", "s3", "other"};
      streams.push_back(kStreams[random_() % 4]);
    }
    AppendTo(streams);
    for (const std::string& stream : streams) {
      ++head_;
      if (stream != "other") streams_[head_] = stream;
    }
  }

  // An earlier event of the stream that may keep it back from the member.
  void ExpectInOrder(uint64_t position, const std::string& member) {
    for (const auto& [earlier, hold] : held_) {
      if (earlier >= position) break;
      if (streams_.at(earlier) != streams_.at(position) || hold.until <= clock_.Now()) continue;
      EXPECT_EQ(hold.member, member) << position << " was leased while " << earlier << " is held";
    }
  }

  void FetchSome() {
    const std::string member = AnyMember();
    const auto fetched =
        Consumer(ModelSettings())->Fetch(member, {.max_events = 1 + random_() % 4});
    ASSERT_OK(fetched);
    for (const Lease& lease : fetched->leases) {
      const uint64_t position = lease.event->position().value;
      ASSERT_TRUE(streams_.contains(position)) << position << " doesn't match";
      EXPECT_FALSE(done_.contains(position)) << position << " came back";
      const auto held = held_.find(position);
      if (held != held_.end()) {
        EXPECT_LE(held->second.until, clock_.Now()) << position << " is leased twice";
      }
      ExpectInOrder(position, member);
      EXPECT_EQ(lease.delivery, ++deliveries_[position]);
      held_[position] = {member, lease.until};
    }
  }

  // Acknowledges or refuses something that a member once got, perhaps too late.
  void SettleOne() {
    if (held_.empty()) return;
    auto chosen = held_.begin();
    std::advance(chosen, random_() % held_.size());
    const Position position = {chosen->first};
    const std::string member = chosen->second.member;
    const auto consumer = Consumer(ModelSettings());
    const unsigned what = random_() % 4;
    if (what < 2) {
      const auto settled = consumer->Ack(member, {position});
      ASSERT_OK(settled);
      if (settled->done.empty()) return;  // It was parked or waits for its retry.
      done_.insert(position.value);
      held_.erase(position.value);
      return;
    }
    DurableConsumer::Refusal refusal = {.reason = "refused"};
    if (what == 2) refusal.retry_micros = static_cast<int64_t>(random_() % 5) * kSecond;
    const auto settled = consumer->Nack(member, {position}, refusal);
    ASSERT_OK(settled);
    if (!settled->done.empty()) held_[position.value].until = clock_.Now();
  }

  void ReplayAll() {
    const auto consumer = Consumer(ModelSettings());
    const auto parked = consumer->Parked(Position{}, 1'000);
    ASSERT_OK(parked);
    std::vector<Position> positions;
    for (const v1::ParkedEvent& event : *parked) positions.push_back({event.position()});
    const auto settled = consumer->Replay(positions);
    ASSERT_OK(settled);
    for (const Position position : settled->done) {
      deliveries_[position.value] = 0;
      held_.erase(position.value);
    }
  }

  void Step() {
    switch (random_() % 12) {
      case 0:
      case 1:
        return AppendSome();
      case 2:
        clock_.Advance(static_cast<int64_t>(random_() % 8) * kSecond);
        return;
      case 3:
        if (random_() % 4 == 0) ReopenAll();
        return;
      case 4:
        if (random_() % 4 == 0) ReplayAll();
        return;
      case 5:
      case 6:
      case 7:
        return FetchSome();
      default:
        return SettleOne();
    }
  }

  // Until nothing is left: every event that matches must have been done by then.
  void Drain() {
    for (int round = 0; done_.size() < streams_.size(); ++round) {
      ASSERT_LT(round, 10'000) << "something never comes back";
      clock_.Advance(kVisibility);
      ReplayAll();
      FetchSome();
      const auto held = held_;
      for (const auto& [position, hold] : held) {
        const auto settled = Consumer(ModelSettings())->Ack(hold.member, {{position}});
        ASSERT_OK(settled);
        if (settled->done.empty()) continue;
        done_.insert(position);
        held_.erase(position);
      }
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  uint64_t head_ = 1;
  std::map<uint64_t, std::string> streams_;  // Of the events that match.
  std::map<uint64_t, Hold> held_;
  std::map<uint64_t, uint32_t> deliveries_;
  std::set<uint64_t> done_;
};

TEST_P(ConsumerModelTest, NothingIsLostAndNothingDoneComesBack) {
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", step ", step));
    Step();
    if (HasFailure()) return;
  }
  Drain();
  const auto statuses = consumers().List("t");
  ASSERT_OK(statuses);
  ASSERT_EQ(statuses->size(), 1);
  EXPECT_EQ(statuses->at(0).leased() + statuses->at(0).waiting(), 0);
  EXPECT_EQ(statuses->at(0).parked(), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConsumerModelTest, ::testing::Range(1, 7));

}  // namespace
}  // namespace annals
