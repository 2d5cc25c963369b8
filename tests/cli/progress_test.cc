#include "cli/progress.h"

#include <sstream>

#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace annals {
namespace {

using ::annals::testing::FakeClock;

TEST(ProgressTest, SaysNothingInTheFirstSecond) {
  FakeClock clock({0});
  std::ostringstream err;
  Progress progress(&err, false, &clock, "loaded");
  clock.Advance(900'000);
  progress.Update(20'000);
  EXPECT_EQ(err.str(), "");
}

TEST(ProgressTest, WritesALineForEveryTenThousand) {
  FakeClock clock({0});
  std::ostringstream err;
  Progress progress(&err, false, &clock, "recorded");
  clock.Advance(2'000'000);
  progress.Update(9'999);
  progress.Update(10'000);
  progress.Update(10'500);
  clock.Advance(2'000'000);
  progress.Update(20'000, 40'000);
  EXPECT_EQ(err.str(),
            "recorded 10,000 events, 5,000 a second\n"
            "recorded 20,000 of 40,000 events, 5,000 a second\n");
}

TEST(ProgressTest, MovesOneLineOnATerminalAndTakesItAway) {
  FakeClock clock({0});
  std::ostringstream err;
  {
    Progress progress(&err, true, &clock, "recorded");
    progress.Update(10);
    clock.Advance(2'000'000);
    progress.Update(100);
    progress.Update(101);  // Too soon to draw again.
  }
  EXPECT_EQ(err.str(), "\r\x1b[Krecorded 100 events, 50 a second\r\x1b[K");
}

}  // namespace
}  // namespace annals
