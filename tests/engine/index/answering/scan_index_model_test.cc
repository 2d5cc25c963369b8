// Seeded random events and corrections; every answer of the index is compared
// with that of a naive model, and the store is closed and opened as it goes.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/answering/contribution_model.h"
#include "tests/engine/index/followed_timeline.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.

constexpr int kSteps = 1'600;
constexpr int kEvents = 160;  // Then a new timeline is begun.
constexpr int64_t kDays = 40;

class ScanIndexModelTest : public FollowedTimeline, public ::testing::WithParamInterface<uint32_t> {
 protected:
  int64_t Draw(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }

  TimeBounds DrawBounds() {
    const int64_t earliest = Draw(0, kDays);
    if (Draw(0, 9) == 0) return {Instant::Beginning(), At(earliest)};
    return Between(earliest, Draw(0, 1) == 0 ? earliest : Draw(earliest, kDays));
  }

  v1::Event DrawEvent() {
    const std::vector<std::string> names = {"a", "ab", "b", std::string("a\0b", 3)};
    const auto name = [&] { return names[Draw(0, 3)]; };
    std::vector<Statement> statements;
    for (int64_t i = Draw(0, 3); i > 0; --i) {
      switch (Draw(0, 2)) {
        case 0:
          statements.push_back(Count(name(), Quantity::AtLeast(Draw(-9, 9))));
          break;
        case 1:
          statements.push_back(Status(name(), name(), std::to_string(Draw(0, 99))));
          break;
        default:
          statements.push_back(Person(name(), name()));
      }
    }
    v1::Event event = Stating(DrawBounds(), DrawBounds(), statements);
    const auto head = static_cast<int64_t>(model_.head().value);
    if (head == 0 || Draw(0, 2) != 0) return event;
    std::vector<uint64_t> targets;
    for (int64_t i = Draw(1, 3); i > 0; --i) {
      // Mostly recent ones, so that corrections are corrected.
      const auto target = static_cast<uint64_t>(
          Draw(0, 1) == 0 ? Draw(std::max<int64_t>(1, head - 5), head) : Draw(1, head));
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
    if (Draw(0, 2) == 0) {
      slice.position = {static_cast<uint64_t>(Draw(0, static_cast<int64_t>(model_.head().value)))};
    }
    return slice;
  }

  void CompareTallies(const Slice& slice) {
    ASSERT_OK_AND_ASSIGN(const std::vector<TallyRow> rows, index().Tallies(kCount, {}, slice));
    std::map<std::string, int64_t> sums;
    for (const TallyRow& row : rows) {
      ASSERT_FALSE(row.sum.upper.has_value());
      sums[row.key[0]] = *row.sum.lower;
      ASSERT_OK_AND_ASSIGN(const std::vector<Position> counters,
                           index().Contributors(kCount, row.key, slice, {0}, 1000));
      ASSERT_EQ(std::set<Position>(counters.begin(), counters.end()),
                model_.Counters(row.key[0], slice));
    }
    ASSERT_EQ(sums, model_.Sums(slice));
  }

  void CompareRegisters(const Slice& slice) {
    ASSERT_OK_AND_ASSIGN(const std::vector<RegisterRow> rows,
                         index().Registers(kStatus, {}, slice));
    std::map<Key, std::pair<std::string, Position>> latest;
    for (const RegisterRow& row : rows) latest[row.key] = {row.value.text(), row.position};
    ASSERT_EQ(latest, model_.Latest(slice));
  }

  void CompareSets(const Slice& slice) {
    const auto expected = model_.Members(slice);
    ASSERT_OK_AND_ASSIGN(const std::vector<SetRow> rows, index().Sets(kPeople, {}, slice));
    ASSERT_EQ(rows.size(), expected.size());
    for (const SetRow& row : rows) {
      const auto& members = expected.at(row.key[0]);
      ASSERT_EQ(row.members, members.size());
      std::vector<std::string> paged;
      while (paged.size() < row.members) {
        ASSERT_OK_AND_ASSIGN(
            const std::vector<std::string> page,
            index().Members(kPeople, row.key, slice, paged.empty() ? "" : paged.back(), 2));
        ASSERT_FALSE(page.empty());
        paged.insert(paged.end(), page.begin(), page.end());
      }
      auto next = paged.begin();
      for (const auto& [member, positions] : members) {
        ASSERT_EQ(*next++, member);
        ASSERT_OK_AND_ASSIGN(const std::vector<Position> contributors,
                             index().Contributors(kPeople, {row.key[0], member}, slice, {0}, 1000));
        ASSERT_EQ(std::set<Position>(contributors.begin(), contributors.end()), positions);
      }
    }
  }

  void BeginAnew() {
    Close();
    log_.Truncate("t", {0});
    model_ = ContributionModel();
    Open();
    CatchUp();
  }

  std::mt19937 random_{GetParam()};
  ContributionModel model_;
};

TEST_P(ScanIndexModelTest, EveryAnswerIsThatOfTheModel) {
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", step " + std::to_string(step));
    if (model_.head().value == kEvents) BeginAnew();
    if (Draw(0, 2) == 0) {
      const v1::Event event = DrawEvent();
      model_.Add(event);
      // Not always at once, so that events share a batch.
      Append(event);
      if (Draw(0, 1) == 0) CatchUp();
      if (Draw(0, 99) == 0) Reopen();
    } else {
      CatchUp();
      const Slice slice = DrawSlice();
      CompareTallies(slice);
      CompareRegisters(slice);
      CompareSets(slice);
    }
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ScanIndexModelTest, ::testing::Values(1, 20260103));

}  // namespace
}  // namespace annals
