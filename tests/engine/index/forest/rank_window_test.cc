#include "engine/index/forest/rank_window.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace annals::forest {
namespace {

constexpr size_t kPageEntries = 16;
constexpr uint64_t kPoints = 64 * 1024;
constexpr unsigned kLeafLog2 = 4;

// Rank and known time are the same number.
std::vector<int64_t> FirstKnown() {
  std::vector<int64_t> first_known;
  for (uint64_t rank = 0; rank < kPoints; rank += 1 << kLeafLog2) {
    first_known.push_back(static_cast<int64_t>(rank));
  }
  return first_known;
}

// A group of every tenth point. Each became known up to `delay` after it happened; a
// share of them, in percent, at any time.
struct Group {
  uint64_t delay;
  uint64_t late_percent = 0;
};

struct Windows {
  uint64_t percent_that_stay;  // Of the entries.
  int most_cut;                // By one rank.
};

// Picks windows for the group's pages and checks the invariant.
Windows WindowsOf(const Group& group) {
  const std::vector<int64_t> first_known = FirstKnown();
  WindowPicker picker(&first_known, kLeafLog2, kPageEntries);
  picker.StartGroup();
  std::mt19937_64 random(5);
  std::vector<RankRange> windows;
  std::vector<int> cuts(kPoints);
  uint64_t stayed = 0;
  uint64_t entries = 0;
  constexpr uint64_t kPageWidth = 10 * kPageEntries;
  for (uint64_t begin = 0; begin + kPageWidth + group.delay < kPoints; begin += kPageWidth) {
    std::vector<int64_t> ranks;
    for (uint64_t valid = begin; valid < begin + kPageWidth; valid += 10) {
      const bool is_late = random() % 100 < group.late_percent;
      ranks.push_back(static_cast<int64_t>(is_late ? random() % kPoints
                                                   : valid + random() % (group.delay + 1)));
    }
    RankRange window;
    entries += ranks.size();
    const bool stay = picker.Pick(ranks, static_cast<int64_t>(begin),
                                  static_cast<int64_t>(begin + kPageWidth), &window);
    if (!windows.empty()) {
      EXPECT_LE(windows.back().begin, window.begin);
      EXPECT_LE(windows.back().end, window.end);
    }
    windows.push_back(window);
    for (uint64_t rank = window.begin; rank < window.end && stay; ++rank) ++cuts[rank];
    if (!stay) continue;
    for (const int64_t rank : ranks) stayed += window.Has(static_cast<uint64_t>(rank)) ? 1 : 0;
  }
  const int most_cut = *std::max_element(cuts.begin(), cuts.end());
  EXPECT_LE(most_cut, static_cast<int>(WindowPicker::kMostCut));
  return {stayed * 100 / entries, most_cut};
}

uint64_t PercentThatStay(const Group& group) { return WindowsOf(group).percent_that_stay; }

TEST(WindowPickerTest, EntriesThatComeInOrderStay) {
  EXPECT_EQ(PercentThatStay({.delay = 0}), 100);
  EXPECT_EQ(PercentThatStay({.delay = 100}), 100);
  EXPECT_GE(PercentThatStay({.delay = 600}), 95) << "a page is 160 wide";
}

TEST(WindowPickerTest, OnlyTheLateOnesGoDown) {
  const uint64_t percent = PercentThatStay({.delay = 100, .late_percent = 20});
  EXPECT_GE(percent, 70);
  EXPECT_LE(percent, 90);
}

TEST(WindowPickerTest, LateOnesDoNotWidenTheWindow) {
  EXPECT_LE(WindowsOf({.delay = 100}).most_cut, 3) << "a page is 160 wide";
  // Among so few entries, a late one is worth two pages.
  EXPECT_LE(WindowsOf({.delay = 100, .late_percent = 20}).most_cut, 5);
}

TEST(WindowPickerTest, ThoseThatComeInNoOrderGoDown) {
  EXPECT_EQ(PercentThatStay({.delay = 0, .late_percent = 100}), 0);
}

TEST(WindowPickerTest, GroupsDoNotHinderOneAnother) {
  const std::vector<int64_t> first_known = FirstKnown();
  WindowPicker picker(&first_known, kLeafLog2, 4);
  picker.StartGroup();
  RankRange window;
  EXPECT_TRUE(picker.Pick({30'000, 30'001, 30'002, 30'003}, 30'000, 30'004, &window));
  EXPECT_EQ(window.begin, 30'000);
  EXPECT_EQ(window.end, 30'004);
  EXPECT_FALSE(picker.Pick({5, 6, 7, 8}, 30'004, 30'010, &window)) << "windows don't descend";
  EXPECT_EQ(window.begin, 30'016) << "the edge of a leaf";
  EXPECT_EQ(window.end, 30'016);
  picker.StartGroup();
  EXPECT_TRUE(picker.Pick({5, 6, 7, 8}, 5, 10, &window));
  EXPECT_EQ(window.begin, 5);
  EXPECT_EQ(window.end, 9);
}

TEST(WindowPickerTest, TimesAtTheLimitsAreTimesToo) {
  const std::vector<int64_t> first_known = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
  WindowPicker picker(&first_known, 0, 2);
  picker.StartGroup();
  RankRange window;
  for (const int64_t time : {INT64_MIN, INT64_MIN + 1, int64_t{0}, INT64_MAX - 1}) {
    const bool stay = picker.Pick({0, 3}, time, INT64_MAX, &window);
    EXPECT_TRUE(!stay || window.Has(0) || window.Has(3));
  }
}

}  // namespace
}  // namespace annals::forest
