// What a redaction leaves, and what it doesn't.
#include "engine/log/redaction.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "engine/feed/live_tail.h"
#include "engine/log/log_verifier.h"
#include "engine/proof/event_leaf.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/erasure.pb.h"
#include "tests/engine/erasure/hospital_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::FilesWith;
using ::annals::testing::HospitalFixture;
using ::annals::testing::kDecision;
using ::annals::testing::PatientOf;
using ::annals::testing::RemarkOf;
using ::annals::testing::ScanOf;
using ::annals::testing::StatusIs;
using ::annals::testing::TreatmentEvent;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RedactionTest : public HospitalFixture {
 protected:
  void ExpectVerifies() {
    EXPECT_OK(VerifyLog(store_->folder(), store_->log(), [](const VerifyReport&) {}));
  }
  std::vector<v1::Event> ReadAll() {
    std::vector<v1::Event> events;
    const auto reader = store_->log().ReadAfter("t", {});
    EXPECT_OK(reader);
    while ((*reader)->Next()) events.push_back((*reader)->event());
    EXPECT_OK((*reader)->status());
    return events;
  }
  static TreeHash LeafOf(const v1::Event& event) {
    const auto leaf = EventLeafHash(event.SerializeAsString());
    EXPECT_OK(leaf);
    return leaf.ok() ? *leaf : TreeHash();
  }
};

TEST_F(RedactionTest, TakesThePayloadAndLeavesTheEnvelopeAndTheLeaf) {
  AppendTreatments(1, 10);
  const v1::Event before = Find("treatment-4");
  ASSERT_OK_AND_ASSIGN(const std::optional<Receipt> receipt, Redact({"treatment-4"}));
  ASSERT_TRUE(receipt.has_value());

  v1::Event after = Find("treatment-4");
  EXPECT_EQ(after.payload().value(), "");
  EXPECT_EQ(after.payload_salt(), "");
  EXPECT_TRUE(IsRedacted(after));
  EXPECT_EQ(LeafOf(after), LeafOf(before));
  after.clear_payload_commitment();
  *after.mutable_payload() = before.payload();
  after.set_payload_salt(before.payload_salt());
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
  ExpectVerifies();

  const v1::Event redaction = *store_->log().Read("t", receipt->position);
  v1::PayloadRedacted said;
  ASSERT_TRUE(redaction.payload().UnpackTo(&said));
  EXPECT_THAT(said.targets(), ElementsAre("treatment-4"));
  EXPECT_THAT(said.target_positions(), ElementsAre(before.position()));
  EXPECT_EQ(said.reason(), kDecision.reason);
  EXPECT_EQ(said.authority(), kDecision.authority);
  EXPECT_EQ(said.editor(), kDecision.editor);

  ASSERT_OK(Open());
  EXPECT_TRUE(IsRedacted(Find("treatment-4")));
  ExpectVerifies();
  ASSERT_OK_AND_ASSIGN(const RedactionsPtr known, store_->log().GetRedactions("t"));
  EXPECT_THAT(*known, ElementsAre(Redaction{{before.position()}, receipt->position}));
}

TEST_F(RedactionTest, LeavesNothingInAnyFile) {
  AppendTreatments(1, 30);
  Wards();  // What the projections make of it is there too.
  ASSERT_OK(store_->folder().database()->Flush());
  const std::string salt = Find("treatment-7").payload_salt();
  ASSERT_EQ(salt.size(), kPayloadSaltBytes);
  ASSERT_THAT(FilesWithScan(7), Not(IsEmpty()));
  ASSERT_THAT(FilesWith(path(), RemarkOf(7)), Not(IsEmpty()));
  ASSERT_THAT(FilesWith(path(), PatientOf(7)), Not(IsEmpty()));

  ASSERT_OK(Redact({"treatment-7", "treatment-20"}));
  for (const int number : {7, 20}) {
    EXPECT_THAT(FilesWithScan(number), IsEmpty());
    EXPECT_THAT(FilesWith(path(), RemarkOf(number)), IsEmpty());
    EXPECT_THAT(FilesWith(path(), PatientOf(number)), IsEmpty());
  }
  EXPECT_THAT(FilesWith(path(), salt), IsEmpty());
  EXPECT_THAT(FilesWithScan(8), Not(IsEmpty()));
  ExpectVerifies();
}

TEST_F(RedactionTest, ProjectionsAreAsIfThePayloadHadNeverBeen) {
  AppendTreatments(1, 4);
  ASSERT_THAT(Wards(), HasSubstr(RemarkOf(3)));
  ASSERT_OK(Redact({"treatment-3"}));
  const std::string after = Wards();
  EXPECT_THAT(after, Not(HasSubstr(RemarkOf(3))));
  EXPECT_THAT(after, HasSubstr(RemarkOf(2)));
  // Also as of a position before the redaction.
  EXPECT_THAT(Wards(4), Not(HasSubstr(RemarkOf(3))));
  ASSERT_OK(Open());
  EXPECT_EQ(Wards(), after);
}

TEST_F(RedactionTest, FollowersAreGivenNoneOfIt) {
  AppendTreatments(1, 4);
  LiveTail tail(&store_->log(), "t", {});
  ASSERT_OK_AND_ASSIGN(LiveTail::Chunk chunk, tail.ReadAfter({1}, {}));
  ASSERT_THAT(std::string(chunk.events[1]->bytes()), HasSubstr(RemarkOf(2)));
  ASSERT_OK(Redact({"treatment-2"}));
  ASSERT_OK_AND_ASSIGN(chunk, tail.ReadAfter({1}, {}));
  EXPECT_EQ(chunk.events.size(), 4);
  EXPECT_THAT(std::string(chunk.events[1]->bytes()), Not(HasSubstr(RemarkOf(2))));
  EXPECT_THAT(std::string(chunk.events[2]->bytes()), HasSubstr(RemarkOf(3)));
}

TEST_F(RedactionTest, SecondTimeRecordsNothing) {
  AppendTreatments(1, 4);
  ASSERT_OK(Redact({"treatment-2"}));
  const Position head = store_->log().GetHead("t")->position;
  ASSERT_OK_AND_ASSIGN(std::optional<Receipt> again, Redact({"treatment-2"}));
  EXPECT_FALSE(again.has_value());
  EXPECT_EQ(store_->log().GetHead("t")->position, head);
  // Of several, those that are new.
  ASSERT_OK_AND_ASSIGN(again, Redact({"treatment-2", "treatment-1"}));
  ASSERT_TRUE(again.has_value());
  v1::PayloadRedacted said;
  ASSERT_TRUE(store_->log().Read("t", again->position)->payload().UnpackTo(&said));
  EXPECT_THAT(said.targets(), ElementsAre("treatment-1"));
}

TEST_F(RedactionTest, RefusesWhatCantBeRedacted) {
  AppendTreatments(1, 3);
  ASSERT_OK_AND_ASSIGN(const std::optional<Receipt> receipt, Redact({"treatment-1"}));
  const Position head = store_->log().GetHead("t")->position;
  EXPECT_THAT(Redact({"created"}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("annals.v1.TimelineCreated")));
  EXPECT_THAT(Redact({receipt->id}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("annals.v1.PayloadRedacted")));
  EXPECT_THAT(Redact({"treatment-99"}), StatusIs(StatusCode::kNotFound, HasSubstr("treatment-99")));
  EXPECT_THAT(Redact({}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("targets")));
  EXPECT_THAT(Redact({"treatment-2", "treatment-2"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("twice")));
  const auto without = [&](const ErasureDecision& decision) {
    return store_->eraser()
        .Redact({.timeline = "t", .events = {"treatment-2"}, .decision = decision}, nullptr)
        .status();
  };
  EXPECT_THAT(without({"", "law", "office"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("reason")));
  EXPECT_THAT(without({"why", "", "office"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("authority")));
  EXPECT_THAT(without({"why", "law", "The Office"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("editor")));
  EXPECT_EQ(store_->log().GetHead("t")->position, head);
  EXPECT_FALSE(IsRedacted(Find("treatment-2")));
}

TEST_F(RedactionTest, IsNotForWhoeverMerelyAppends) {
  AppendTreatments(1, 2);
  v1::PayloadRedacted redacted;
  redacted.add_targets("treatment-1");
  redacted.add_target_positions(2);
  redacted.set_reason("why");
  redacted.set_authority("law");
  redacted.set_editor("office");
  v1::Event event;
  event.set_stream("erasures");
  event.mutable_payload()->PackFrom(redacted);
  EXPECT_THAT(Append({event}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("annals redact")));
}

TEST_F(RedactionTest, RetryOfARedactedEventSaysSo) {
  AppendTreatments(1, 2);
  ASSERT_OK(Redact({"treatment-1"}));
  EXPECT_THAT(Append({TreatmentEvent(1)}),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("was redacted")));
}

TEST_F(RedactionTest, CopyOfARedactedTimelineIsRedacted) {
  AppendTreatments(1, 4);
  ASSERT_OK(Redact({"treatment-2"}));
  const std::vector<v1::Event> events = ReadAll();
  Close();

  const std::string elsewhere = folder_.path() + "/copy";
  ASSERT_OK(Store::Create(elsewhere));
  ASSERT_OK_AND_ASSIGN(store_, Store::Open(elsewhere, &domains_, {}));
  ASSERT_OK(Append(events, Provenance::kCopied));
  EXPECT_TRUE(IsRedacted(Find("treatment-2")));
  EXPECT_FALSE(IsRedacted(Find("treatment-3")));
  EXPECT_EQ(LeafOf(Find("treatment-2")), LeafOf(events[2]));
  ExpectVerifies();
  // Again, as after a connection that broke.
  EXPECT_OK(Append(events, Provenance::kCopied));
}

// An export from before the redaction, and the redaction's event after it.
TEST_F(RedactionTest, CopyOfTheRedactingEventRedacts) {
  AppendTreatments(1, 4);
  const v1::Event whole = Find("treatment-2");
  ASSERT_OK_AND_ASSIGN(const std::optional<Receipt> receipt, Redact({"treatment-2"}));
  std::vector<v1::Event> events = ReadAll();
  events[whole.position() - 1] = whole;
  Close();

  const std::string elsewhere = folder_.path() + "/copy";
  ASSERT_OK(Store::Create(elsewhere));
  ASSERT_OK_AND_ASSIGN(store_, Store::Open(elsewhere, &domains_, {}));
  ASSERT_OK(Append(events, Provenance::kCopied));
  EXPECT_TRUE(IsRedacted(Find("treatment-2")));
  ExpectVerifies();
  // The files are cleared when the store is opened again.
  ASSERT_OK_AND_ASSIGN(store_, [&] {
    store_ = nullptr;
    return Store::Open(elsewhere, &domains_, {});
  }());
  EXPECT_OK(store_->unfinished_erasure());
  EXPECT_THAT(FilesWith(elsewhere, ScanOf(2)), IsEmpty());
  ExpectVerifies();
}

TEST_F(RedactionTest, GoesOnBesideAppendsAndQuestions) {
  AppendTreatments(1, 20);
  std::jthread appender([&](const std::stop_token& stop) {
    for (int number = 100; !stop.stop_requested() && number < 400; ++number) {
      EXPECT_OK(Append({TreatmentEvent(number)}));
    }
  });
  std::jthread asker([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) EXPECT_THAT(Wards(), HasSubstr("ward-1"));
  });
  for (int number = 1; number < 4; ++number) {
    ASSERT_OK(Redact({"treatment-" + std::to_string(number)}));
  }
  asker.request_stop();
  appender.request_stop();
  asker.join();
  appender.join();
  for (int number = 1; number < 4; ++number) {
    EXPECT_THAT(FilesWithScan(number), IsEmpty());
  }
  ExpectVerifies();
  ASSERT_OK(Open());
  ExpectVerifies();
}

}  // namespace
}  // namespace annals
