// FollowedTimeline: a database, a log and a follower of one timeline, without
// threads: what is added is taken in at once.
#ifndef ANNALS_TESTS_ENGINE_INDEX_FOLLOWED_TIMELINE_H_
#define ANNALS_TESTS_ENGINE_INDEX_FOLLOWED_TIMELINE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/work_crew.h"
#include "engine/index/following/timeline_follower.h"
#include "engine/index/index_options.h"
#include "engine/index/pages/page_cache.h"
#include "engine/storage/database.h"
#include "gtest/gtest.h"
#include "tests/engine/index/claims.h"
#include "tests/engine/index/fake_event_log.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

// Measures of ClaimsProjection().
inline const MeasureRef kCount = {"claims", "count"};
inline const MeasureRef kStatus = {"claims", "status"};
inline const MeasureRef kPeople = {"claims", "people"};

// Everything that is large otherwise is small, so that a few events take each path.
inline IndexOptions SmallIndex() {
  return {.most_groups = 1'000,
          .small_scan_contributions = 1,
          .stored_contributions = 1,
          .building_contributions = 5,
          .merges = {.fan = 2, .tail_points = 3, .stored_points = 9},
          .shape = {.page_entries = 4, .leaf_points_log2 = 2, .flat_leaves = 2}};
}

class FollowedTimeline : public ::testing::Test {
 protected:
  FollowedTimeline() : types_(ClaimTypes()), projections_({ClaimsProjection()}) {
    log_.AddTimeline("t", kDomain);
  }

  void SetUp() override { Open(); }

  // Opens the database with the projections as they are now.
  void Open() {
    ASSERT_OK_AND_ASSIGN(database_, OpenDatabase(folder_.path()));
    std::vector<const Projection*> projections;
    for (const Projection& projection : projections_) projections.push_back(&projection);
    ASSERT_OK_AND_ASSIGN(TimelineSettings settings, log_.Settings("t"));
    follower_ = std::make_unique<TimelineFollower>(
        options_,
        TimelineFollower::Workplace{.database = database_.get(),
                                    .log = &log_,
                                    .types = &types_,
                                    .cache = &cache_,
                                    .following = &following_crew_,
                                    .answering = &answering_crew_},
        std::move(settings), std::move(projections));
  }

  static absl::StatusOr<std::unique_ptr<storage::Database>> OpenDatabase(
      const std::string& folder) {
    return storage::Database::Open(folder, /*create_if_missing=*/true,
                                   {.write_buffer_bytes = size_t{4} << 20});
  }

  void Close() {
    follower_ = nullptr;
    database_ = nullptr;
  }

  void Reopen() {
    Close();
    Open();
  }

  void CatchUp() {
    do {
      follower_->Rest();
      while (follower_->Advance()) {
      }
    } while (follower_->Maintain({}));
  }

  // Appends an event without taking it in.
  Position Append(v1::Event event) {
    auto receipts = log_.Append({.timeline = "t", .events = {std::move(event)}});
    return receipts->front().position;
  }

  Position Add(v1::Event event) {
    const Position position = Append(std::move(event));
    CatchUp();
    return position;
  }

  const TemporalIndex& index() const { return follower_->index(); }

  TemporaryDirectory folder_;
  IndexOptions options_ = SmallIndex();
  forest::PageCache cache_{size_t{1} << 16};
  WorkCrew following_crew_{1};
  WorkCrew answering_crew_{1};
  PayloadTypes types_;
  std::vector<Projection> projections_;
  FakeEventLog log_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<TimelineFollower> follower_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_INDEX_FOLLOWED_TIMELINE_H_
