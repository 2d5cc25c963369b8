#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/proof_check.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kBeyond = absl::StatusCode::kOutOfRange;

class StoreServiceProofsTest : public StoreServiceTest {
 protected:
  void SetUp() override {
    StoreServiceTest::SetUp();
    TellOfTwoShips();
    const absl::StatusOr<const NoteSigner*> signer = opened_.store().keys().Signer();
    ASSERT_THAT(signer, IsOk());
    key_ = &(*signer)->verifier();
  }

  const NoteVerifier& key() const { return *key_; }

  static v1::GetCheckpointRequest OfSize(uint64_t size) {
    auto request = Asked<v1::GetCheckpointRequest>();
    request.set_size(size);
    return request;
  }

 private:
  const NoteVerifier* key_ = nullptr;
};

TEST_F(StoreServiceProofsTest, ACheckpointSaysWhatItsNoteSays) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint answer, service().GetCheckpoint(OfSize(4)));
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, CheckCheckpoint(answer.note(), key()));
  EXPECT_EQ(answer.origin(), checkpoint.origin);
  EXPECT_EQ(TimelineOf(checkpoint, key()), kSea);
  EXPECT_EQ(answer.size(), 4u);
  EXPECT_EQ(checkpoint.size, 4u);
  EXPECT_EQ(answer.root_hash(), std::string(checkpoint.root.begin(), checkpoint.root.end()));
}

TEST_F(StoreServiceProofsTest, WithoutASizeItIsOfAllEvents) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint all,
                       service().GetCheckpoint(Asked<v1::GetCheckpointRequest>()));
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint six, service().GetCheckpoint(OfSize(6)));
  EXPECT_EQ(all.note(), six.note());
}

TEST_F(StoreServiceProofsTest, ThereIsNoCheckpointOfNothingOrTheFuture) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{7}, UINT64_MAX}) {
    EXPECT_THAT(service().GetCheckpoint(OfSize(size)), StatusIs(kBeyond, HasSubstr("`size`")));
  }
  EXPECT_THAT(service().GetCheckpoint(Asked<v1::GetCheckpointRequest>("lake")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("lake")));
}

TEST_F(StoreServiceProofsTest, AnEventIsProvenByItsIdAndPosition) {
  auto by_id = Asked<v1::ProveEventRequest>();
  by_id.set_id("rose-lost");
  ASSERT_OK_AND_ASSIGN(const v1::EventProof proof, service().ProveEvent(by_id));
  ASSERT_OK_AND_ASSIGN(const TlogProof parsed, ParseTlogProof(proof.proof()));
  ASSERT_OK_AND_ASSIGN(const ProvenEvent proven, CheckEvent(parsed, parsed.extra, key()));
  EXPECT_EQ(proven.event.id(), "rose-lost");
  EXPECT_EQ(proven.event.position(), proof.position());
  auto by_position = Asked<v1::ProveEventRequest>();
  by_position.set_position(proof.position());
  ASSERT_OK_AND_ASSIGN(const v1::EventProof same, service().ProveEvent(by_position));
  EXPECT_EQ(same.proof(), proof.proof());
}

TEST_F(StoreServiceProofsTest, AnEventThatIsNotThereIsNotProven) {
  auto request = Asked<v1::ProveEventRequest>();
  EXPECT_THAT(service().ProveEvent(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`position` or its `id`")));
  request.set_id("mermaid");
  EXPECT_THAT(service().ProveEvent(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("mermaid")));
  for (const uint64_t position : {uint64_t{0}, uint64_t{7}, UINT64_MAX}) {
    request.set_position(position);
    EXPECT_THAT(service().ProveEvent(request), StatusIs(kBeyond, HasSubstr("position")));
  }
  request.set_position(5);
  request.set_size(4);
  EXPECT_THAT(service().ProveEvent(request), StatusIs(kBeyond, HasSubstr("position 5")));
}

TEST_F(StoreServiceProofsTest, ConsistencyIsProvenForwards) {
  auto request = Asked<v1::ProveConsistencyRequest>();
  request.set_from(3);
  ASSERT_OK_AND_ASSIGN(const v1::ConsistencyProof proof, service().ProveConsistency(request));
  ASSERT_OK_AND_ASSIGN(const ConsistencyText parsed, ParseConsistency(proof.proof()));
  ASSERT_OK_AND_ASSIGN(const ProvenConsistency proven, CheckConsistency(parsed, key()));
  EXPECT_EQ(proven.older.size, 3u);
  EXPECT_EQ(proven.newer.size, 6u);
  request.set_to(2);
  EXPECT_THAT(service().ProveConsistency(request), StatusIs(kBeyond, HasSubstr("comes first")));
  request.set_from(0);
  EXPECT_THAT(service().ProveConsistency(request), StatusIs(kBeyond, HasSubstr("`from`")));
}

TEST_F(StoreServiceProofsTest, ReceiptsCarryProofsWhenAskedTo) {
  auto request = Asked<v1::AppendRequest>();
  *request.add_events() =
      WithId(ShipSunk("pearl", "north", 1, 1, {"1931-03-02", "1931-03-03"}), "pearl-lost");
  ASSERT_OK_AND_ASSIGN(const v1::AppendResponse without, service().Append(request));
  EXPECT_EQ(without.receipts(0).proof(), "");
  request.set_with_proofs(true);
  ASSERT_OK_AND_ASSIGN(const v1::AppendResponse with, service().Append(request));
  EXPECT_TRUE(with.receipts(0).duplicate());
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(with.receipts(0).proof()));
  ASSERT_OK_AND_ASSIGN(const ProvenEvent proven, CheckEvent(proof, proof.extra, key()));
  EXPECT_EQ(proven.event.id(), "pearl-lost");
}

TEST_F(StoreServiceProofsTest, AViewNamesTheRootThatItRestsOn) {
  auto request = Asked<v1::AsOfRequest>();
  request.mutable_as_of()->set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse answer, service().AsOf(request));
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint checkpoint, service().GetCheckpoint(OfSize(4)));
  EXPECT_EQ(answer.as_of().root_hash(), checkpoint.root_hash());
  for (const v1::ViewResult& view : answer.views()) {
    EXPECT_EQ(view.as_of().root_hash(), checkpoint.root_hash());
  }
}

TEST_F(StoreServiceProofsTest, EveryOtherAnswerNamesItToo) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint older, service().GetCheckpoint(OfSize(2)));
  ASSERT_OK_AND_ASSIGN(const v1::SignedCheckpoint newer, service().GetCheckpoint(OfSize(4)));
  ASSERT_NE(older.root_hash(), newer.root_hash());

  auto difference = Asked<v1::DiffRequest>();
  difference.mutable_from()->set_position(2);
  difference.mutable_to()->set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::DiffResponse diff, service().Diff(difference));
  ASSERT_GT(diff.diffs_size(), 0);
  EXPECT_EQ(diff.diffs(0).from().root_hash(), older.root_hash());
  EXPECT_EQ(diff.diffs(0).to().root_hash(), newer.root_hash());

  auto past = Asked<v1::HistoryRequest>();
  past.set_view(diff.diffs(0).view());
  past.set_from("1931-03-01");
  past.set_to("1931-03-05");
  past.mutable_as_of()->set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult history, service().History(past));
  ASSERT_EQ(history.points_size(), 5);
  for (const v1::HistoryPoint& point : history.points()) {
    EXPECT_EQ(point.as_of().root_hash(), newer.root_hash());
  }

  auto why = Asked<v1::WhyRequest>();
  why.set_view(diff.diffs(0).view());
  why.mutable_as_of()->set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::WhyResponse reasons, service().Why(why));
  ASSERT_GT(reasons.reasons_size(), 0);
  EXPECT_EQ(reasons.reasons(0).as_of().root_hash(), newer.root_hash());

  auto listing = Asked<v1::ListEventsRequest>();
  listing.mutable_as_of()->set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::EventList events, service().ListEvents(listing));
  EXPECT_EQ(events.as_of().root_hash(), newer.root_hash());
}

}  // namespace
}  // namespace annals::testing
