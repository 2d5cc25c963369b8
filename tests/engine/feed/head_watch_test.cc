#include "engine/feed/head_watch.h"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Ne;

class HeadWatchTest : public LogFixture {
 protected:
  HeadWatchTest() { EXPECT_OK(Append({testing::MakeTimeline()})); }

  void AppendNote(int number) { ASSERT_OK(Append({MakeNote(absl::StrCat("e", number), "s")})); }
};

TEST_F(HeadWatchTest, WakesWhenTheHeadIsBeyond) {
  HeadWatch watch(&log());
  std::promise<Position> woken;
  ASSERT_THAT(
      watch.WaitBeyond("t", Position{2}, [&] { woken.set_value(log().GetHead("t")->position); }),
      IsOkAndHolds(Ne(std::nullopt)));
  AppendNote(2);  // Position 2 is not beyond 2; a call would be a second one, and throw.
  AppendNote(3);
  EXPECT_EQ(woken.get_future().get(), Position{3});
  AppendNote(4);
}

TEST_F(HeadWatchTest, DoesNotWaitForWhatIsThere) {
  HeadWatch watch(&log());
  EXPECT_THAT(watch.WaitBeyond("t", Position{0}, [] { FAIL() << "called"; }),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(HeadWatchTest, RefusesAnUnknownTimeline) {
  HeadWatch watch(&log());
  EXPECT_THAT(watch.WaitBeyond("elsewhere", Position{0}, [] {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("elsewhere")));
}

TEST_F(HeadWatchTest, ACancelledWaitIsNeverCalled) {
  HeadWatch watch(&log());
  std::promise<void> woken;
  bool called = false;
  ASSERT_OK_AND_ASSIGN(const auto cancelled,
                       watch.WaitBeyond("t", Position{1}, [&] { called = true; }));
  ASSERT_OK(watch.WaitBeyond("t", Position{1}, [&] { woken.set_value(); }));
  EXPECT_TRUE(watch.Cancel(*cancelled));
  EXPECT_FALSE(watch.Cancel(*cancelled));
  AppendNote(2);
  woken.get_future().get();  // Calls are made in order of position, then of registration.
  EXPECT_FALSE(called);
}

TEST_F(HeadWatchTest, AnotherTimelinesCommitsWakeNobody) {
  ASSERT_OK(log().Append({.timeline = "u", .events = {testing::MakeTimeline()}}));
  HeadWatch watch(&log());
  std::promise<void> woken;
  bool called = false;
  ASSERT_OK_AND_ASSIGN(const auto other,
                       watch.WaitBeyond("u", Position{1}, [&] { called = true; }));
  ASSERT_OK(watch.WaitBeyond("t", Position{1}, [&] { woken.set_value(); }));
  AppendNote(2);
  woken.get_future().get();
  EXPECT_FALSE(called);
  EXPECT_TRUE(watch.Cancel(*other));
}

TEST_F(HeadWatchTest, AWaitMayBeFollowedByAnother) {
  HeadWatch watch(&log());
  std::promise<void> woken;
  ASSERT_OK(watch.WaitBeyond("t", Position{1}, [&] {
    const auto next = watch.WaitBeyond("t", Position{2}, [&] { woken.set_value(); });
    if (next.ok() && !*next) woken.set_value();
  }));
  AppendNote(2);
  AppendNote(3);
  woken.get_future().get();
}

TEST_F(HeadWatchTest, TheLogOutlivesTheWatch) {
  bool called = false;
  {
    HeadWatch watch(&log());
    ASSERT_OK(watch.WaitBeyond("t", Position{1}, [&] { called = true; }));
  }
  AppendNote(2);
  EXPECT_FALSE(called);
}

TEST_F(HeadWatchTest, MissesNoCommitHoweverTheyRace) {
  HeadWatch watch(&log());
  constexpr int kEvents = 300;
  std::thread writer([&] {
    for (int i = 2; i <= kEvents; ++i) AppendNote(i);
  });
  // Each follows the head to the end; a wake that got lost would hang the test.
  std::vector<std::thread> followers;
  for (int i = 0; i < 4; ++i) {
    followers.emplace_back([&] {
      Position seen{1};
      while (seen < Position{kEvents}) {
        auto woken = std::make_shared<std::promise<void>>();
        const auto wait = watch.WaitBeyond("t", seen, [woken] { woken->set_value(); });
        ASSERT_OK(wait);
        if (*wait) woken->get_future().get();
        const Position head = log().GetHead("t")->position;
        ASSERT_GT(head, seen);
        seen = head;
      }
    });
  }
  writer.join();
  for (std::thread& follower : followers) follower.join();
}

}  // namespace
}  // namespace annals
