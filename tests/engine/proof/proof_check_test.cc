#include "engine/proof/proof_check.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/merkle_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

v1::Event Event(uint64_t position, const std::string& title) {
  v1::Event event;
  event.set_id(absl::StrCat("e", position));
  event.set_timeline("sea");
  event.set_stream("ships");
  event.set_position(position);
  event.mutable_payload()->set_type_url("type.googleapis.com/annals.testing.Note");
  event.mutable_payload()->set_value(title);
  event.set_payload_salt(std::string(kPayloadSaltBytes, static_cast<char>(position)));
  return event;
}

// A log as somebody tells it, honestly or not; all are signed with one key.
class History {
 public:
  History(const NoteSigner* signer, std::vector<v1::Event> events)
      : signer_(signer), events_(std::move(events)) {}

  std::string Bytes(uint64_t position) const { return events_[position - 1].SerializeAsString(); }

  std::string Note(uint64_t size, const std::string& timeline = "sea") const {
    const Checkpoint checkpoint{.origin = absl::StrCat(signer_->verifier().name(), "/", timeline),
                                .size = size,
                                .root = *RootOf(size, Nodes())};
    return *signer_->Sign(FormatCheckpoint(checkpoint));
  }

  TlogProof Proof(uint64_t position, uint64_t size) const {
    return {.extra = Bytes(position),
            .index = position - 1,
            .path = *ProveInclusion(position - 1, size, Nodes()),
            .checkpoint = Note(size)};
  }

  ConsistencyText Growth(uint64_t from, uint64_t to) const {
    return {.path = *ProveConsistency(from, to, Nodes()),
            .old_checkpoint = Note(from),
            .new_checkpoint = Note(to)};
  }

 private:
  NodeReader Nodes() const {
    return [this](NodeId node) { return HashOf(node); };
  }

  absl::StatusOr<TreeHash> HashOf(NodeId node) const {
    if (node.level == 0) return EventLeafHash(events_[node.index].SerializeAsString());
    const absl::StatusOr<TreeHash> left = HashOf({node.level - 1, 2 * node.index});
    const absl::StatusOr<TreeHash> right = HashOf({node.level - 1, 2 * node.index + 1});
    return NodeHash(*left, *right);
  }

  const NoteSigner* const signer_;
  const std::vector<v1::Event> events_;
};

class ProofCheckTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kEvents = 11;

  static std::vector<v1::Event> Events() {
    std::vector<v1::Event> events;
    for (uint64_t i = 1; i <= kEvents; ++i) events.push_back(Event(i, absl::StrCat("ship ", i)));
    return events;
  }

  // The same events with one moved, dropped or changed, each at the position where the
  // liar now has it.
  History Told(std::vector<v1::Event> events) const {
    for (size_t i = 0; i < events.size(); ++i) events[i].set_position(i + 1);
    return History(&signer_, std::move(events));
  }

  const NoteVerifier& key() const { return signer_.verifier(); }

  const NoteSigner signer_ = *NoteSigner::Generate("annals.example/main");
  const History honest_{&signer_, Events()};
};

TEST_F(ProofCheckTest, EveryEventIsProvenInEveryLaterHistory) {
  for (uint64_t size = 1; size <= kEvents; ++size) {
    for (uint64_t position = 1; position <= size; ++position) {
      const TlogProof proof = honest_.Proof(position, size);
      ASSERT_OK_AND_ASSIGN(const ProvenEvent proven, CheckEvent(proof, proof.extra, key()));
      EXPECT_EQ(proven.event.position(), position);
      EXPECT_EQ(proven.checkpoint.size, size);
      EXPECT_EQ(TimelineOf(proven.checkpoint, key()), "sea");
    }
  }
}

TEST_F(ProofCheckTest, AnEventIsProvenWhenItsPayloadIsGone) {
  const TlogProof proof = honest_.Proof(3, kEvents);
  v1::Event redacted = Event(3, "ship 3");
  const TreeHash commitment = PayloadCommitment(redacted);
  redacted.set_payload_commitment(commitment.data(), commitment.size());
  redacted.mutable_payload()->clear_value();
  redacted.clear_payload_salt();
  EXPECT_THAT(CheckEvent(proof, redacted.SerializeAsString(), key()), IsOk());
}

TEST_F(ProofCheckTest, NoBitOfAnEventCanChange) {
  const TlogProof proof = honest_.Proof(5, kEvents);
  for (size_t i = 0; i < proof.extra.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = proof.extra;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      EXPECT_FALSE(CheckEvent(proof, other, key()).ok()) << i << " " << bit;
    }
  }
}

TEST_F(ProofCheckTest, NoBitOfAProofCanChange) {
  const std::string text = FormatTlogProof(honest_.Proof(5, kEvents));
  const std::string event = honest_.Bytes(5);
  // Beyond the extra data, which nothing vouches for.
  for (size_t i = text.find("\nindex "); i < text.size(); ++i) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    const absl::StatusOr<TlogProof> proof = ParseTlogProof(other);
    EXPECT_FALSE(proof.ok() && CheckEvent(*proof, event, key()).ok()) << other;
  }
}

TEST_F(ProofCheckTest, ConsistencyIsProvenBetweenAnyTwo) {
  for (uint64_t to = 1; to <= kEvents; ++to) {
    for (uint64_t from = 1; from <= to; ++from) {
      ASSERT_OK_AND_ASSIGN(const ProvenConsistency proven,
                           CheckConsistency(honest_.Growth(from, to), key()));
      EXPECT_EQ(proven.older.size, from);
      EXPECT_EQ(proven.newer.size, to);
    }
  }
}

// A liar can prove its own history, but not that it is the one that was signed before.
TEST_F(ProofCheckTest, ALiarsHistoryIsNotTheOneThatWasSigned) {
  std::vector<v1::Event> reordered = Events();
  std::swap(reordered[3], reordered[4]);
  std::vector<v1::Event> dropped = Events();
  dropped.erase(dropped.begin() + 3);
  std::vector<v1::Event> altered = Events();
  altered[3].mutable_payload()->set_value("ship 4 never sailed");
  std::vector<v1::Event> inserted = Events();
  inserted.insert(inserted.begin() + 3, Event(4, "a ship of straw"));
  for (const auto& events : {reordered, dropped, altered, inserted}) {
    const History lie = Told(events);
    for (uint64_t size = 4; size <= 10; ++size) {
      // Two signed histories of one size.
      const absl::StatusOr<Checkpoint> kept = CheckCheckpoint(honest_.Note(size), key());
      const absl::StatusOr<Checkpoint> shown = CheckCheckpoint(lie.Note(size), key());
      EXPECT_THAT(
          CheckSame(*kept, *shown),
          StatusIs(kDataLoss, AllOf(StartsWith("kept checkpoint: "), HasSubstr("two histories"))));
      // What was kept doesn't lead to the lie, with the lie's proof or the honest one.
      ConsistencyText growth = lie.Growth(size, 10);
      growth.old_checkpoint = honest_.Note(size);
      EXPECT_THAT(CheckConsistency(growth, key()),
                  StatusIs(kDataLoss, StartsWith("consistency: ")));
      growth = honest_.Growth(size, 10);
      growth.new_checkpoint = lie.Note(10);
      EXPECT_THAT(CheckConsistency(growth, key()),
                  StatusIs(kDataLoss, StartsWith("consistency: ")));
    }
    // Nor is an event of the true history in the lie.
    TlogProof proof = honest_.Proof(4, 10);
    proof.checkpoint = lie.Note(10);
    EXPECT_THAT(CheckEvent(proof, proof.extra, key()), StatusIs(kDataLoss, StartsWith("path: ")));
    proof = lie.Proof(4, 10);
    EXPECT_FALSE(CheckEvent(proof, honest_.Bytes(4), key()).ok());
  }
}

TEST_F(ProofCheckTest, AnEventIsProvenAtItsOwnPlaceAlone) {
  TlogProof moved = honest_.Proof(5, kEvents);
  EXPECT_THAT(CheckEvent(moved, honest_.Bytes(6), key()),
              StatusIs(kDataLoss, AllOf(StartsWith("event: "), HasSubstr("position is 6"))));
  moved.checkpoint = honest_.Note(kEvents, "lake");
  EXPECT_THAT(CheckEvent(moved, moved.extra, key()),
              StatusIs(kDataLoss, AllOf(StartsWith("event: "), HasSubstr("\"lake\""))));
}

TEST_F(ProofCheckTest, AForeignCheckpointProvesNothing) {
  const NoteSigner other = *NoteSigner::Generate("annals.example/other");
  const NoteSigner namesake = *NoteSigner::Generate("annals.example/main");
  TlogProof proof = honest_.Proof(5, kEvents);
  EXPECT_THAT(CheckEvent(proof, proof.extra, other.verifier()),
              StatusIs(kDataLoss, StartsWith("signature: ")));
  EXPECT_THAT(CheckEvent(proof, proof.extra, namesake.verifier()),
              StatusIs(kDataLoss, StartsWith("signature: ")));
  // Signed with the key, but for another log.
  const Checkpoint elsewhere{.origin = "elsewhere.example/sea", .size = 11};
  proof.checkpoint = *signer_.Sign(FormatCheckpoint(elsewhere));
  EXPECT_THAT(CheckEvent(proof, proof.extra, key()),
              StatusIs(kDataLoss, AllOf(StartsWith("origin: "), HasSubstr("elsewhere"))));
  ConsistencyText growth = honest_.Growth(3, 5);
  growth.new_checkpoint = honest_.Note(5, "lake");
  EXPECT_THAT(CheckConsistency(growth, key()), StatusIs(kDataLoss, StartsWith("origin: ")));
}

TEST_F(ProofCheckTest, WhatIsMalformedIsNoLie) {
  TlogProof proof = honest_.Proof(5, kEvents);
  EXPECT_THAT(CheckEvent(proof, "", key()), StatusIs(kInvalid, HasSubstr("--event")));
  EXPECT_THAT(CheckEvent(proof, "no event", key()), StatusIs(kInvalid, StartsWith("event: ")));
  proof.checkpoint = "no note";
  EXPECT_THAT(CheckEvent(proof, proof.extra, key()),
              StatusIs(kInvalid, StartsWith("checkpoint: ")));
  proof.checkpoint = *signer_.Sign("no checkpoint\n");
  EXPECT_THAT(CheckEvent(proof, proof.extra, key()),
              StatusIs(kInvalid, StartsWith("checkpoint: ")));
}

TEST_F(ProofCheckTest, CheckpointsOfTwoSizesAreNotCompared) {
  const absl::StatusOr<Checkpoint> older = CheckCheckpoint(honest_.Note(3), key());
  const absl::StatusOr<Checkpoint> newer = CheckCheckpoint(honest_.Note(4), key());
  EXPECT_THAT(CheckSame(*older, *newer), StatusIs(kInvalid, HasSubstr("prove --from")));
  EXPECT_THAT(CheckSame(*older, *older), IsOk());
}

}  // namespace
}  // namespace annals::testing
