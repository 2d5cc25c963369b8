#include "engine/index/following/projection_runner.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const MeasureRef kCount = {"claims", "count"};

v1::Event Counting(int64_t count) {
  return Stating(Exactly(1), Exactly(1), {Count("IS", Quantity::Exactly(count))});
}

class ProjectionRunnerTest : public ::testing::Test {
 protected:
  ProjectionRunnerTest() : types_(ClaimTypes()), projections_({ClaimsProjection()}) {
    log_.AddTimeline("t", kDomain);
  }

  void SetUp() override { Start(); }

  void Start() {
    if (database_ == nullptr) {
      ASSERT_OK_AND_ASSIGN(database_, storage::Database::Open(folder_.path(), true, {}));
    }
    ASSERT_OK_AND_ASSIGN(runner_,
                         ProjectionRunner::Start({}, database_.get(), &log_, &types_,
                                                 [this](absl::string_view domain) {
                                                   std::vector<const Projection*> projections;
                                                   if (domain != kDomain) return projections;
                                                   for (const Projection& p : projections_) {
                                                     projections.push_back(&p);
                                                   }
                                                   return projections;
                                                 }));
  }

  Position Append(const std::string& timeline, v1::Event event) {
    auto receipts = log_.Append({.timeline = timeline, .events = {std::move(event)}});
    return receipts->front().position;
  }

  // The sum, once `position` is in.
  std::string SumAt(const std::string& timeline, Position position) {
    const absl::Status waited = runner_->WaitFor(timeline, position);
    if (!waited.ok()) return waited.ToString();
    const auto index = runner_->Index(timeline);
    if (!index.ok()) return index.status().ToString();
    const auto rows = (*index)->Tallies(kCount, {"IS"}, {});
    if (!rows.ok()) return rows.status().ToString();
    return rows->empty() ? "" : ToString(rows->front().sum);
  }

  TemporaryDirectory folder_;
  PayloadTypes types_;
  std::vector<Projection> projections_;
  FakeEventLog log_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<ProjectionRunner> runner_;
};

TEST_F(ProjectionRunnerTest, AWriterSeesItsOwnWrites) {
  for (int64_t i = 1; i <= 100; ++i) {
    const Position position = Append("t", Counting(1));
    ASSERT_EQ(SumAt("t", position), std::to_string(i));
  }
}

TEST_F(ProjectionRunnerTest, CatchesUpWithWhatWasAppendedWhileItWasAway) {
  Append("t", Counting(1));
  EXPECT_EQ(SumAt("t", {1}), "1");
  runner_ = nullptr;
  database_ = nullptr;
  Position last;
  for (int64_t i = 1; i <= 3'000; ++i) last = Append("t", Counting(1));
  Start();
  EXPECT_EQ(SumAt("t", last), "3001");
}

TEST_F(ProjectionRunnerTest, WaitingBlocksUntilThePositionIsIn) {
  std::atomic<bool> appended = false;
  std::thread waiting([&] {
    EXPECT_OK(runner_->WaitFor("t", {1}));
    EXPECT_TRUE(appended);
  });
  appended = true;
  Append("t", Counting(1));
  waiting.join();
}

TEST_F(ProjectionRunnerTest, FollowsTimelinesThatAreCreatedMeanwhileAndKeepsThemApart) {
  Append("t", Counting(1));
  log_.AddTimeline("u", kDomain);
  Append("u", Counting(40));
  Append("u", Counting(2));
  EXPECT_EQ(SumAt("u", {2}), "42");
  EXPECT_EQ(SumAt("t", {1}), "1");
  Append("t", Retracting(Exactly(2), {1}));
  EXPECT_EQ(SumAt("t", {2}), "");
  EXPECT_EQ(SumAt("u", {2}), "42");
}

TEST_F(ProjectionRunnerTest, ATimelineOfAnotherDomainHasNoProjections) {
  log_.AddTimeline("plain", "");
  v1::Event event;
  Append("plain", event);
  EXPECT_OK(runner_->WaitFor("plain", {1}));
  EXPECT_THAT(runner_->Progress("plain"), IsOkAndHolds(IsEmpty()));
  EXPECT_OK(runner_->Rebuild("plain", nullptr));
}

TEST_F(ProjectionRunnerTest, AnUnknownTimelineIsNotFound) {
  constexpr auto kNotFound = absl::StatusCode::kNotFound;
  EXPECT_THAT(runner_->WaitFor("v", {1}), StatusIs(kNotFound, HasSubstr("\"v\"")));
  EXPECT_THAT(runner_->Index("v"), StatusIs(kNotFound, HasSubstr("\"v\"")));
  EXPECT_THAT(runner_->Progress("v"), StatusIs(kNotFound, HasSubstr("\"v\"")));
  EXPECT_THAT(runner_->Rebuild("v", nullptr), StatusIs(kNotFound, HasSubstr("\"v\"")));
}

TEST_F(ProjectionRunnerTest, ProgressTellsWhereEachIsAndWhy) {
  runner_ = nullptr;
  projections_.push_back(ClaimsProjection("other", 3));
  projections_[1].project = [](const ProjectedEvent&, Contributions*) {
    return absl::InternalError("no");
  };
  Start();
  Append("t", Counting(1));
  EXPECT_OK(runner_->WaitFor("t", {1}));
  ASSERT_OK_AND_ASSIGN(const std::vector<ProjectionProgress> progress, runner_->Progress("t"));
  ASSERT_THAT(progress, SizeIs(2));
  EXPECT_EQ(progress[0].projection, "claims");
  EXPECT_EQ(progress[0].position, Position{1});
  EXPECT_OK(progress[0].status);
  EXPECT_EQ(progress[1].projection, "other");
  EXPECT_EQ(progress[1].version, 3);
  EXPECT_EQ(progress[1].position, Position{0});
  EXPECT_THAT(progress[1].status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("event 1 (e-1)")));
}

TEST_F(ProjectionRunnerTest, AFailureToFollowIsToldToWhoWaitsAndInTheProgress) {
  log_.SetReadStatus(absl::DataLossError("block 7 is damaged"));
  Append("t", Counting(1));
  EXPECT_THAT(runner_->WaitFor("t", {1}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("block 7 is damaged")));
  ASSERT_OK_AND_ASSIGN(const std::vector<ProjectionProgress> progress, runner_->Progress("t"));
  EXPECT_THAT(progress[0].status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("block 7 is damaged")));
}

TEST_F(ProjectionRunnerTest, RebuildReportsAndGivesTheSameAnswer) {
  Position last;
  for (int64_t i = 1; i <= 2'500; ++i) last = Append("t", Counting(1));
  EXPECT_EQ(SumAt("t", last), "2500");
  Position done;
  Position head;
  EXPECT_OK(runner_->Rebuild("t", [&](Position reached, Position end) {
    EXPECT_LE(done, reached);
    done = reached;
    head = end;
  }));
  EXPECT_EQ(done, last);
  EXPECT_EQ(head, last);
  EXPECT_EQ(SumAt("t", last), "2500");
}

TEST_F(ProjectionRunnerTest, ReadersGoOnWhileOthersAppendAndRebuild) {
  std::thread writer([&] {
    for (int64_t i = 1; i <= 300; ++i) Append("t", Counting(1));
  });
  std::thread rebuilder([&] {
    for (int i = 0; i < 5; ++i) EXPECT_OK(runner_->Rebuild("t", nullptr));
  });
  EXPECT_OK(runner_->WaitFor("t", {1}));
  ASSERT_OK_AND_ASSIGN(const TemporalIndex* index, runner_->Index("t"));
  int64_t last = 0;
  while (last < 300) {
    ASSERT_OK_AND_ASSIGN(const std::vector<TallyRow> rows, index->Tallies(kCount, {"IS"}, {}));
    const int64_t sum = rows.empty() ? 0 : rows[0].sum.lower.value_or(-1);
    EXPECT_GE(sum, last);  // A swap never takes anything away.
    last = sum;
  }
  writer.join();
  rebuilder.join();
}

TEST_F(ProjectionRunnerTest, StopsInTheMiddleOfCatchingUp) {
  runner_ = nullptr;
  Position last;
  for (int64_t i = 1; i <= 5'000; ++i) last = Append("t", Counting(1));
  Start();
  runner_ = nullptr;
  Start();
  EXPECT_EQ(SumAt("t", last), "5000");
}

TEST_F(ProjectionRunnerTest, TheLogMayCommitAfterTheRunnerIsGone) {
  runner_ = nullptr;
  EXPECT_EQ(Append("t", Counting(1)), Position{1});
}

}  // namespace
}  // namespace annals
