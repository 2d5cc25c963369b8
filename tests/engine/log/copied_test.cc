// Appending copies of what another store recorded.
#include <functional>
#include <string>
#include <vector>

#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/merkle_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::kDay;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeSource;
using ::annals::testing::MakeTimeline;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CopiedTest : public LogFixture {
 protected:
  CopiedTest() {
    v1::Event citing = MakeNote("a", "s");
    citing.set_occurred("2026-01-03?");
    citing.add_citations()->set_source("x");
    v1::Event correcting = MakeNote("b", "s");
    correcting.mutable_correction()->set_kind(v1::Correction::SUPERSEDES);
    correcting.mutable_correction()->add_targets("a");
    correcting.mutable_correction()->set_reason("refined");
    correcting.mutable_correction()->set_editor("editor");
    EXPECT_OK(Append({MakeTimeline(), MakeSource("p", "x", "2026-01-05"), citing, correcting}));
    exported_ = Export();
    exported_root_ = *RootOf(exported_.size(), *log().TreeNodes("t"));
    // From here on the log is that of another, empty store, a day later.
    const std::string other = elsewhere_.path() + "/other";
    Close();
    EXPECT_OK(storage::StoreFolder::Create(other));
    clock_.Advance(kDay);
    folder_ = *storage::StoreFolder::Open(other, {});
    log_ = *EventLog::Open(folder_.get(), &types_, {.clock = &clock_});
  }

  std::vector<v1::Event> Export() {
    std::vector<v1::Event> events;
    const auto reader = log().ReadAfter("t", Position{});
    EXPECT_OK(reader);
    while ((*reader)->Next()) events.push_back((*reader)->event());
    EXPECT_OK((*reader)->status());
    return events;
  }

  absl::StatusOr<std::vector<Receipt>> Copy(std::vector<v1::Event> events) {
    return Append(std::move(events), ExpectedRevision::Any(), Provenance::kCopied);
  }

  static std::string Text(const std::vector<v1::Event>& events) {
    std::string text;
    for (const v1::Event& event : events) text += event.DebugString();
    return text;
  }

  // The export with its third event, "a", changed.
  std::vector<v1::Event> With(const std::function<void(v1::Event*)>& change) const {
    std::vector<v1::Event> events = exported_;
    change(&events[2]);
    return events;
  }

  TemporaryDirectory elsewhere_;
  std::vector<v1::Event> exported_;
  TreeHash exported_root_;
};

TEST_F(CopiedTest, CopyIsKeptAsItIs) {
  ASSERT_OK_AND_ASSIGN(const auto receipts, Copy(exported_));
  EXPECT_THAT(receipts, SizeIs(4));
  EXPECT_EQ(receipts[3].position, Position{4});
  EXPECT_EQ(receipts[3].revision, 2);
  EXPECT_FALSE(receipts[3].duplicate);
  EXPECT_EQ(Text(Export()), Text(exported_));
  ASSERT_OK_AND_ASSIGN(const VerifyReport report,
                       VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  EXPECT_EQ(report.trees[0].root, exported_root_);
}

TEST_F(CopiedTest, CopyOfARedactedEventHasTheSameTree) {
  const std::vector<v1::Event> redacted = With([](v1::Event* e) {
    e->set_payload_commitment(std::string(AsBytes(PayloadCommitment(*e))));
    e->clear_payload_salt();
    e->mutable_payload()->clear_value();
  });
  ASSERT_OK(Copy(redacted));
  EXPECT_EQ(Text(Export()), Text(redacted));
  ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes("t"));
  EXPECT_THAT(RootOf(redacted.size(), nodes), IsOkAndHolds(exported_root_));
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  // Again, and it is the same event.
  ASSERT_OK_AND_ASSIGN(const auto receipts, Copy(redacted));
  EXPECT_TRUE(receipts[2].duplicate);
}

TEST_F(CopiedTest, CommitmentMustStandForThePayload) {
  const auto refused = [&](const std::function<void(v1::Event*)>& change, const char* why) {
    EXPECT_THAT(Copy(With(change)), StatusIs(StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  refused([](v1::Event* e) { e->set_payload_salt("salt"); }, "payload_salt: has 4 bytes, not 16");
  refused([](v1::Event* e) { e->set_payload_commitment("x"); }, "has 1 bytes, not 32");
  const std::string commitment(32, 'c');
  refused([&](v1::Event* e) { e->set_payload_commitment(commitment); }, "in the place of");
  refused(
      [&](v1::Event* e) {
        e->set_payload_commitment(commitment);
        e->mutable_payload()->clear_value();
      },
      "in the place of");
}

TEST_F(CopiedTest, ClaimsGoOnAfterACopy) {
  ASSERT_OK(Copy(exported_));
  v1::Event note = MakeNote("c", "s");
  note.add_citations()->set_source("x");
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({note}));
  EXPECT_EQ(receipts[0].position, Position{5});
  EXPECT_EQ(receipts[0].revision, 3);
}

TEST_F(CopiedTest, RepeatedCopyIsADuplicateAndGoesOnWhereItEnded) {
  ASSERT_OK(Copy({exported_[0], exported_[1]}));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Copy(exported_));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_TRUE(receipts[1].duplicate);
  EXPECT_FALSE(receipts[2].duplicate);
  EXPECT_EQ(Text(Export()), Text(exported_));
}

TEST_F(CopiedTest, CopyThatDiffersInWhatTheStoreAssignedAlreadyExists) {
  ASSERT_OK(Copy(exported_));
  EXPECT_THAT(Copy(With([](v1::Event* e) { e->mutable_known_bounds()->set_latest(1LL << 60); })),
              StatusIs(StatusCode::kAlreadyExists, StartsWith("event 3 \"a\"")));
}

TEST_F(CopiedTest, CopyMustFitTheTimeline) {
  EXPECT_THAT(Copy({exported_[0], exported_[2]}),
              StatusIs(StatusCode::kNotFound, HasSubstr("source \"x\"")));
  EXPECT_THAT(Copy({exported_[0], exported_[1], exported_[3]}),
              StatusIs(StatusCode::kNotFound, HasSubstr("target \"a\"")));
  EXPECT_THAT(
      Copy(With([](v1::Event* e) { e->set_position(4); })),
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("position 4: the timeline's next is 3")));
  EXPECT_THAT(Copy(With([](v1::Event* e) { e->set_revision(2); })),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("revision 2")));
  EXPECT_THAT(
      Copy(With([&](v1::Event* e) { *e->mutable_recorded_at() = exported_[1].recorded_at(); })),
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("recorded_at")));
  EXPECT_THAT(log().Timelines(), SizeIs(0));
}

TEST_F(CopiedTest, CopyMayBeAsNewAsTheClockButNoNewer) {
  const auto recorded = [&](int64_t micros) {
    std::vector<v1::Event> events = exported_;
    events[3].mutable_recorded_at()->set_seconds(micros / 1'000'000);
    events[3].mutable_recorded_at()->set_nanos(micros % 1'000'000 * 1'000);
    return events;
  };
  EXPECT_THAT(Copy(recorded(clock_.Now().micros + 1)),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("future")));
  EXPECT_OK(Copy(recorded(clock_.Now().micros)));
}

TEST_F(CopiedTest, CopyMustHaveWhatTheStoreAssigns) {
  const auto refused = [&](const std::function<void(v1::Event*)>& change, const char* field) {
    EXPECT_THAT(Copy(With(change)), StatusIs(StatusCode::kInvalidArgument, HasSubstr(field)));
  };
  refused([](v1::Event* e) { e->clear_id(); }, "id");
  refused([](v1::Event* e) { e->clear_position(); }, "position");
  refused([](v1::Event* e) { e->clear_revision(); }, "revision");
  refused([](v1::Event* e) { e->clear_recorded_at(); }, "recorded_at");
  refused([](v1::Event* e) { e->mutable_recorded_at()->set_nanos(1); }, "whole microseconds");
  refused([](v1::Event* e) { e->clear_occurred_bounds(); }, "occurred_bounds");
  refused([](v1::Event* e) { e->clear_known_bounds(); }, "known_bounds");
  refused([](v1::Event* e) { e->mutable_known_bounds()->set_earliest(1LL << 62); }, "after latest");
}

TEST_F(CopiedTest, CopiedTargetPositionsMustBeThoseOfTheTargets) {
  std::vector<v1::Event> events = exported_;
  events[3].mutable_correction()->set_target_positions(0, 2);
  EXPECT_THAT(Copy(events), StatusIs(StatusCode::kInvalidArgument, HasSubstr("target_positions")));
  events[3].mutable_correction()->clear_target_positions();
  EXPECT_THAT(Copy(events), StatusIs(StatusCode::kInvalidArgument, HasSubstr("target_positions")));
}

}  // namespace
}  // namespace annals
