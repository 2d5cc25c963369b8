// Seeded random statements and corrections of few registers: what the index
// answers from sorted contributions is what an index that always scans answers.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/followed_timeline.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.

constexpr int kSteps = 2'500;
constexpr int64_t kDays = 60;

// What distinguishes one run from another.
struct Run {
  uint32_t seed = 0;
  size_t stored_contributions = 1;
  size_t ladder_cache_bytes = size_t{1} << 20;
  int64_t correction_percent = 30;
  bool exact_dates = false;
};

class RegisterModelTest : public FollowedTimeline, public ::testing::WithParamInterface<Run> {
 protected:
  RegisterModelTest() {
    options_.stored_contributions = GetParam().stored_contributions;
    options_.events_worth_storing = 1;
    options_.ladder_cache_bytes = GetParam().ladder_cache_bytes;
  }

  void SetUp() override {
    FollowedTimeline::SetUp();
    OpenScanner();
  }

  void OpenScanner() {
    IndexOptions scanning = options_;
    scanning.small_scan_contributions = size_t{1} << 30;
    ASSERT_OK_AND_ASSIGN(scanned_database_, OpenDatabase(scanned_folder_.path()));
    ASSERT_OK_AND_ASSIGN(TimelineSettings settings, log_.Settings("t"));
    scanner_ = std::make_unique<TimelineFollower>(
        scanning,
        TimelineFollower::Workplace{.database = scanned_database_.get(),
                                    .log = &log_,
                                    .types = &types_,
                                    .cache = &cache_,
                                    .following = &following_crew_,
                                    .answering = &answering_crew_},
        std::move(settings), std::vector<const Projection*>{&projections_.front()});
  }

  void BothCatchUp() {
    CatchUp();
    while (scanner_->Advance()) {
    }
  }

  int64_t Draw(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }

  TimeBounds DrawBounds() {
    const int64_t earliest = Draw(0, kDays);
    const bool exact = GetParam().exact_dates || Draw(0, 1) == 0;
    return Between(earliest, exact ? earliest : Draw(earliest, kDays));
  }

  // Of the first register mostly, at times two of one event.
  v1::Event DrawEvent() {
    std::vector<Statement> statements;
    for (int64_t i = Draw(0, 9) == 0 ? 2 : 1; i > 0; --i) {
      const std::string topic = Draw(0, 4) == 0 ? "other" : "main";
      statements.push_back(Status("place", topic, std::to_string(Draw(0, 999))));
    }
    v1::Event event = Stating(DrawBounds(), DrawBounds(), statements);
    if (head_ == 0 || Draw(0, 99) >= GetParam().correction_percent) return event;
    std::vector<uint64_t> targets;
    for (int64_t i = Draw(1, 2); i > 0; --i) {
      const auto target = static_cast<uint64_t>(
          Draw(0, 1) == 0 ? Draw(std::max<int64_t>(1, head_ - 3), head_) : Draw(1, head_));
      if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
        targets.push_back(target);
      }
    }
    return Superseding(std::move(event), targets);
  }

  Slice DrawSlice() {
    Slice slice = {.world = Draw(0, 1) == 0 ? WorldKind::kCertain : WorldKind::kPossible,
                   .valid = At(Draw(-1, kDays)),
                   .known = At(Draw(-1, kDays))};
    if (Draw(0, 3) == 0) slice.valid = Instant::End();
    if (Draw(0, 3) == 0) slice.known = Instant::End();
    // Of the positions before the head, some are asked for again and again.
    if (Draw(0, 4) == 0) slice.position = {static_cast<uint64_t>(Draw(0, head_) / 50 * 50)};
    if (Draw(0, 4) == 0) slice.position = {static_cast<uint64_t>(Draw(head_ * 9 / 10, head_))};
    return slice;
  }

  static std::vector<std::string> Texts(const std::vector<RegisterRow>& rows) {
    std::vector<std::string> texts;
    for (const RegisterRow& row : rows) {
      texts.push_back(
          row.key[1] + " " + row.value.text() + " by " + std::to_string(row.position.value) +
          " at " + std::to_string(row.occurred.micros) + ", " + std::to_string(row.known.micros));
    }
    return texts;
  }

  void Compare() {
    const std::vector<Key> prefixes = {{"place", "main"}, {"place", "other"}, {"place"}, {}};
    const Key& prefix = prefixes[Draw(0, 3)];
    std::vector<Slice> slices = {DrawSlice()};
    for (int64_t i = Draw(0, 3); i > 0; --i) {
      slices.push_back(slices.front());
      slices.back().valid = At(Draw(-1, kDays));
    }
    ASSERT_OK_AND_ASSIGN(const auto rows, index().RegisterSweep(kStatus, prefix, slices));
    ASSERT_OK_AND_ASSIGN(const auto expected,
                         scanner_->index().RegisterSweep(kStatus, prefix, slices));
    ASSERT_EQ(rows.size(), expected.size());
    for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(Texts(rows[i]), Texts(expected[i])) << i;
    ASSERT_OK_AND_ASSIGN(const Plan plan,
                         index().PlanFor(ReadKind::kRegisters, kStatus, prefix, slices.front()));
    if (plan.strategy == Strategy::kLadder) ++ladders_;
  }

  TemporaryDirectory scanned_folder_;
  std::unique_ptr<storage::Database> scanned_database_;
  std::unique_ptr<TimelineFollower> scanner_;
  std::mt19937 random_{GetParam().seed};
  int64_t head_ = 0;
  int ladders_ = 0;
};

TEST_P(RegisterModelTest, EveryAnswerIsThatOfAScan) {
  int questions = 0;
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE("seed " + std::to_string(GetParam().seed) + ", step " + std::to_string(step));
    if (Draw(0, 4) == 0) {
      for (int64_t events = Draw(1, 4); events > 0; --events) {
        Append(DrawEvent());
        ++head_;
      }
      BothCatchUp();
      if (Draw(0, 99) == 0) {
        Reopen();
        BothCatchUp();
      }
    } else if (head_ > 0) {
      ++questions;
      Compare();
    }
    if (HasFatalFailure()) return;
  }
  // Ladders were among what was compared, where there is room for them.
  const bool is_roomy = GetParam().ladder_cache_bytes > 100'000;
  if (is_roomy) {
    EXPECT_GT(ladders_, questions / 4);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Runs, RegisterModelTest,
    ::testing::Values(Run{.seed = 1}, Run{.seed = 2, .stored_contributions = 1'000},
                      Run{.seed = 3, .correction_percent = 3},
                      Run{.seed = 4, .correction_percent = 0, .exact_dates = true},
                      Run{.seed = 5, .correction_percent = 5, .exact_dates = true},
                      Run{.seed = 6, .stored_contributions = 300, .correction_percent = 80},
                      Run{.seed = 7, .ladder_cache_bytes = 20'000},
                      Run{.seed = 8, .stored_contributions = 50, .ladder_cache_bytes = 0}));

}  // namespace
}  // namespace annals
