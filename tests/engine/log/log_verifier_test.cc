#include "engine/log/log_verifier.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/log/record.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::StatusIs;
using storage::Batch;
using storage::Family;
using storage::LogKey;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LogVerifierTest : public LogFixture {
 protected:
  LogVerifierTest() {
    EXPECT_OK(Append({MakeTimeline(), MakeNote("a", "s"), MakeNote("b", "r"), MakeNote("c", "s")}));
  }

  absl::StatusOr<VerifyReport> Verify() {
    return VerifyLog(folder(), log(), [this](const VerifyReport&) { ++progress_; });
  }

  void Put(Family family, const std::string& key, const std::string& value) {
    Batch batch;
    batch.Put(family, key, value);
    EXPECT_OK(folder().database()->Write(std::move(batch), storage::Durability::kSynced));
  }

  void Delete(Family family, const std::string& key) {
    Batch batch;
    batch.Delete(family, key);
    EXPECT_OK(folder().database()->Write(std::move(batch), storage::Durability::kSynced));
  }

  std::string Get(Family family, const std::string& key) {
    return folder().database()->Get(family, key)->value();
  }

  // Rewrites the log from `position` on with one event changed and every chain
  // hash and the head made to fit, as no damage but only a bug could.
  void Forge(uint64_t position, const std::function<void(v1::Event*)>& change) {
    storage::Hash128 chain;
    for (uint64_t i = 1; i <= 4; ++i) {
      const std::string key = LogKey(1, {i});
      v1::Event event;
      ASSERT_OK(DecodeEvent(Get(Family::kLog, key), &event));
      if (i == position) change(&event);
      Put(Family::kLog, key, EncodeRecord(event, &chain));
    }
    storage::CommitRecord record = folder().last_commit();
    ++record.number;
    record.chain = chain;
    ASSERT_OK(folder().Commit(Batch(), record));
  }

  int progress_ = 0;
};

TEST_F(LogVerifierTest, SoundLogIsCountedWhole) {
  ASSERT_OK(log().Append({.timeline = "u", .events = {MakeTimeline()}}));
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, Verify());
  EXPECT_EQ(report.timelines, 2);
  EXPECT_EQ(report.events, 5);
  EXPECT_EQ(report.lookup_entries, 15);
  EXPECT_EQ(report.streams, 4);
  EXPECT_GE(progress_, 2);
}

TEST_F(LogVerifierTest, MissingEventIsDataLoss) {
  Delete(Family::kLog, LogKey(1, {3}));
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss,
                                 HasSubstr("timeline \"t\", position 3: the event is missing")));
}

TEST_F(LogVerifierTest, ChangedEventBreaksTheChain) {
  std::string record = Get(Family::kLog, LogKey(1, {2}));
  record.back() ^= 1;
  Put(Family::kLog, LogKey(1, {2}), record);
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("position 2: the event doesn't "
                                                                  "match its chain hash")));
}

TEST_F(LogVerifierTest, SwappedEventsBreakTheChain) {
  const std::string second = Get(Family::kLog, LogKey(1, {2}));
  Put(Family::kLog, LogKey(1, {2}), Get(Family::kLog, LogKey(1, {3})));
  Put(Family::kLog, LogKey(1, {3}), second);
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("position 2")));
}

TEST_F(LogVerifierTest, RevisionsAndRecordingTimesAreChecked) {
  Forge(4, [](v1::Event* event) { event->set_revision(3); });
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("position 4: has revision 3")));
  Forge(4, [](v1::Event* event) {
    event->set_revision(2);
    event->mutable_recorded_at()->set_seconds(1);
  });
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("recorded no later")));
}

TEST_F(LogVerifierTest, LookUpsAreComparedBothWays) {
  const std::string id_key = EventIdKey(1, "b");
  const std::string position = Get(Family::kEventIds, id_key);
  Delete(Family::kEventIds, id_key);
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss,
                                 AllOf(HasSubstr("position 3"), HasSubstr("rebuild"))));
  Put(Family::kEventIds, id_key, EncodePosition({1}));
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("leads to position 1")));
  Put(Family::kEventIds, id_key, position);
  EXPECT_OK(Verify());
  for (const auto& [family, key, value] :
       {std::tuple{Family::kEventIds, EventIdKey(1, "phantom"), position},
        std::tuple{Family::kStreams, StreamKey(StreamPrefix(1, "phantom"), 1), position},
        std::tuple{Family::kTypes, TypeKey(TypePrefix(1, "phantom"), {3}), std::string()}}) {
    Put(family, key, value);
    EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("5 entries for 4 events")));
    Delete(family, key);
  }
  EXPECT_OK(Verify());
}

// --- Rebuilding -------------------------------------------------------------------

TEST_F(LogVerifierTest, RebuiltLookUpsAreSound) {
  Delete(Family::kEventIds, EventIdKey(1, "b"));
  Put(Family::kStreams, StreamKey(StreamPrefix(1, "phantom"), 1), EncodePosition({3}));
  log_.reset();
  EXPECT_THAT(RebuildLookups(&folder()), IsOkAndHolds(4));
  ASSERT_OK(Reopen());
  EXPECT_OK(Verify());
  EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{})), ElementsAre("a", "c"));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("b", "r"), MakeNote("d", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_EQ(receipts[1].revision, 3);
}

TEST_F(LogVerifierTest, HalfRebuiltLookUpsAreNotOpened) {
  log_.reset();
  // A record that is no event stops the rebuild in its course.
  const std::string key = LogKey(1, {3});
  const std::string record = Get(Family::kLog, key);
  Put(Family::kLog, key, "short");
  EXPECT_THAT(RebuildLookups(&folder()), StatusIs(StatusCode::kDataLoss, HasSubstr("position 3")));
  Put(Family::kLog, key, record);
  EXPECT_THAT(
      EventLog::Open(&folder(), &types_, {}),
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("`annals rebuild` begins again")));
  EXPECT_OK(RebuildLookups(&folder()));
  EXPECT_OK(EventLog::Open(&folder(), &types_, {}));
}

}  // namespace
}  // namespace annals
