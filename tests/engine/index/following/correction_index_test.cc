#include "engine/index/following/correction_index.h"

#include <memory>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/claims.h"
#include "tests/engine/index/fake_event_log.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: events.
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CorrectionIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, storage::Database::Open(folder_.path(), true, {}));
    log_.AddTimeline("t", kDomain);
    Make();
    ASSERT_OK(corrections_->Load());
  }

  void Make() { corrections_.emplace(database_.get(), &log_, "t", IndexKeys(1)); }

  void Append(v1::Event event) {
    ASSERT_OK(log_.Append({.timeline = "t", .events = {std::move(event)}}));
  }

  std::vector<uint64_t> CorrectorsOf(Position event, Position up_to = Position::Max()) {
    const auto correctors = corrections_->Correctors(event, up_to);
    EXPECT_OK(correctors.status());
    std::vector<uint64_t> positions;
    if (!correctors.ok()) return positions;
    for (const CorrectionGraph::Corrector& corrector : *correctors) {
      positions.push_back(corrector.position.value);
    }
    return positions;
  }

  TemporaryDirectory folder_;
  FakeEventLog log_;
  std::unique_ptr<storage::Database> database_;
  std::optional<CorrectionIndex> corrections_;
};

TEST_F(CorrectionIndexTest, KnowsBothDirectionsAndBounds) {
  Append(Stating(Exactly(1), Exactly(1), {}));
  Append(Stating(Exactly(1), Exactly(1), {}));
  Append(Retracting(Between(4, 7), {2, 1}));
  Append(Retracting(Exactly(9), {1}));
  ASSERT_OK(corrections_->CatchUp({4}));
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(3, 4));
  EXPECT_THAT(CorrectorsOf({1}, {3}), ElementsAre(3));
  EXPECT_THAT(CorrectorsOf({2}), ElementsAre(3));
  EXPECT_THAT(CorrectorsOf({3}), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto correctors, corrections_->Correctors({2}, {4}));
  EXPECT_EQ(correctors[0].known, Between(4, 7));
  ASSERT_OK_AND_ASSIGN(const CorrectionGraph::Node node, corrections_->Find({3}));
  EXPECT_EQ(node.known, Between(4, 7));
  EXPECT_THAT(node.targets, ElementsAre(Position{2}, Position{1}));
}

TEST_F(CorrectionIndexTest, GoesOnWhereItWas) {
  Append(Stating(Exactly(1), Exactly(1), {}));
  Append(Retracting(Exactly(2), {1}));
  Append(Retracting(Exactly(3), {1}));
  ASSERT_OK(corrections_->CatchUp({2}));
  EXPECT_EQ(corrections_->position(), Position{2});
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(2));
  Make();
  ASSERT_OK(corrections_->Load());
  EXPECT_EQ(corrections_->position(), Position{2});
  ASSERT_OK(corrections_->CatchUp({3}));
  EXPECT_EQ(corrections_->position(), Position{3});
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(2, 3));
}

TEST_F(CorrectionIndexTest, TakesInDecodedEventsOnceAndGoesOnBehindThem) {
  Append(Stating(Exactly(1), Exactly(1), {}));
  Append(Retracting(Exactly(2), {1}));
  Append(Stating(Exactly(3), Exactly(3), {}));
  std::vector<DecodedEvent> events;
  for (uint64_t i = 1; i <= 3; ++i) {
    ASSERT_OK_AND_ASSIGN(v1::Event event, log_.Read("t", {i}));
    events.push_back({.event = std::move(event)});
  }
  ASSERT_OK(corrections_->TakeIn(events));
  ASSERT_OK(corrections_->TakeIn(events));
  EXPECT_EQ(corrections_->position(), Position{3});
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(2));
  Make();
  ASSERT_OK(corrections_->Load());
  ASSERT_OK(corrections_->CatchUp({3}));
  EXPECT_EQ(corrections_->position(), Position{3});
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(2));
}

TEST_F(CorrectionIndexTest, ForgetsAllAndTakesItInAgain) {
  Append(Stating(Exactly(1), Exactly(1), {}));
  Append(Retracting(Exactly(2), {1}));
  ASSERT_OK(corrections_->CatchUp({2}));
  ASSERT_OK(corrections_->Clear());
  EXPECT_EQ(corrections_->position(), Position{0});
  EXPECT_THAT(CorrectorsOf({1}), IsEmpty());
  ASSERT_OK(corrections_->CatchUp({2}));
  EXPECT_THAT(CorrectorsOf({1}), ElementsAre(2));
}

TEST_F(CorrectionIndexTest, ALogThatEndsBeforeItsHeadIsDataLoss) {
  Append(Stating(Exactly(1), Exactly(1), {}));
  ASSERT_OK(corrections_->CatchUp({1}));
  EXPECT_THAT(corrections_->CatchUp({5}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no event after 1")));
}

TEST_F(CorrectionIndexTest, DamagedRowsAreDataLoss) {
  storage::Batch damage;
  damage.Put(storage::Family::kContributions, IndexKeys(1).Correction({1}, {2}), "x");
  damage.Put(storage::Family::kContributions, IndexKeys(1).CorrectionsCursor(), "x");
  ASSERT_OK(database_->Write(std::move(damage), storage::Durability::kBuffered));
  EXPECT_THAT(corrections_->Correctors({1}, {9}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("inside a number")));
  EXPECT_THAT(corrections_->Load(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("inside a number")));
}

}  // namespace
}  // namespace annals
