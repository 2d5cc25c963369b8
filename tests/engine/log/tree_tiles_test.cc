// The Merkle tree of a timeline, as the log keeps it.
#include "engine/log/tree_tiles.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/log/record.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/merkle_tree.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/write_limit.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::StatusIs;
using ::annals::testing::WriteLimit;
using storage::Batch;
using storage::Family;
using storage::LogKey;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Every node of a tree, of leaves that are the events' definition at work.
struct NaiveTree {
  MerkleEdge edge;
  std::map<std::pair<uint32_t, uint64_t>, TreeHash> nodes;

  void Append(const TreeHash& leaf) {
    edge.Append(leaf, [this](NodeId node, const TreeHash& hash) {
      nodes[{node.level, node.index}] = hash;
    });
  }
};

class TreeTilesTest : public LogFixture {
 protected:
  TreeTilesTest() { CreateTimeline(); }

  // Appends notes until the timeline has so many events.
  void GrowTo(uint64_t events, const std::string& timeline = "t") {
    constexpr size_t kBatch = 5'000;
    uint64_t head = log().GetHead(timeline)->position.value;
    while (head < events) {
      std::vector<v1::Event> notes;
      for (; head < events && notes.size() < kBatch; ++head) {
        notes.push_back(MakeNote(absl::StrCat("note-", head), "s", absl::StrCat("text ", head)));
      }
      ASSERT_OK(log().Append({.timeline = timeline, .events = std::move(notes)}));
    }
  }

  NaiveTree ReadNaively(const std::string& timeline = "t") {
    NaiveTree tree;
    const auto reader = log().ReadBytesAfter(timeline, Position{});
    EXPECT_OK(reader);
    while ((*reader)->Next()) tree.Append(*EventLeafHash((*reader)->bytes()));
    EXPECT_OK((*reader)->status());
    return tree;
  }

  absl::StatusOr<TreeHash> Root(const std::string& timeline = "t") {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log().GetHead(timeline));
    ANNALS_ASSIGN_OR_RETURN(const NodeReader nodes, log().TreeNodes(timeline));
    return RootOf(head.position.value, nodes);
  }

  void ExpectNaive(const std::string& timeline = "t") { Expect(ReadNaively(timeline), timeline); }

  // Root and, in steps of `step`, nodes.
  void Expect(const NaiveTree& tree, const std::string& timeline = "t", uint64_t step = 1) {
    EXPECT_THAT(Root(timeline), IsOkAndHolds(tree.edge.Root()));
    ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes(timeline));
    for (const auto& [node, hash] : tree.nodes) {
      if (node.second % step != 0) continue;
      ASSERT_THAT(nodes({node.first, node.second}), IsOkAndHolds(hash))
          << "level " << node.first << ", index " << node.second;
    }
  }

  // Opens the log alone anew, which is cheaper than to open its store.
  void ReopenLog() {
    log_.reset();
    ASSERT_OK_AND_ASSIGN(log_, EventLog::Open(folder_.get(), &types_, {.clock = &clock_}));
  }

  absl::StatusOr<VerifyReport> Verify() {
    return VerifyLog(folder(), log(), [](const VerifyReport&) {});
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

  size_t CountTiles() {
    size_t tiles = 0;
    storage::Cursor cursor = folder().database()->Scan(Family::kTiles, "", "");
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) ++tiles;
    return tiles;
  }
};

TEST_F(TreeTilesTest, TreeIsThatOfTheEventsWhereATileBeginsAndEnds) {
  for (const uint64_t size : {1, 2, 255, 256, 257, 511, 512, 700}) {
    SCOPED_TRACE(size);
    GrowTo(size);
    EXPECT_EQ(CountTiles(), size / kTileHashes);
    ExpectNaive();
  }
  EXPECT_OK(Verify());
}

TEST_F(TreeTilesTest, SecondLevelIsWrittenWhenItIsFull) {
  constexpr uint64_t kLevel = kTileHashes * kTileHashes;
  GrowTo(kLevel - 1);
  EXPECT_EQ(CountTiles(), kTileHashes - 1);
  ASSERT_OK(Append({MakeNote("last", "s")}));
  EXPECT_EQ(CountTiles(), kTileHashes + 1);
  GrowTo(kLevel + 300);
  const NaiveTree tree = ReadNaively();
  Expect(tree, "t", /*step=*/97);
  ReopenLog();
  Expect(tree, "t", /*step=*/97);
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, Verify());
  EXPECT_EQ(report.tiles, kTileHashes + 2);
}

TEST_F(TreeTilesTest, LogOpenedAtAnySizeGoesOnWithTheSameTree) {
  NaiveTree tree;
  for (uint64_t size = 1; size <= 600; ++size) {
    if (size > 1) {
      ASSERT_OK(Append({MakeNote(absl::StrCat(size), "s")}));
    }
    const auto bytes = log().ReadBytesAfter("t", Position{size - 1});
    ASSERT_OK(bytes);
    ASSERT_TRUE((*bytes)->Next());
    tree.Append(*EventLeafHash((*bytes)->bytes()));
    ASSERT_THAT(Root(), IsOkAndHolds(tree.edge.Root())) << size;
    ReopenLog();
    // Every other time the append itself must find where the tree ended.
    if (size % 2 == 0) {
      ASSERT_THAT(Root(), IsOkAndHolds(tree.edge.Root())) << size;
    }
  }
  ExpectNaive();
}

TEST_F(TreeTilesTest, EveryTimelineHasItsOwnTree) {
  ASSERT_OK(log().Append({.timeline = "u", .events = {MakeTimeline()}}));
  for (uint64_t size = 100; size <= 600; size += 100) {
    GrowTo(size, "t");
    GrowTo(size / 2, "u");
  }
  ExpectNaive("t");
  ExpectNaive("u");
  EXPECT_EQ(CountTiles(), 3);
}

TEST_F(TreeTilesTest, ProofsHoldForEveryEventAndEveryOlderTree) {
  GrowTo(300);
  ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes("t"));
  ASSERT_OK_AND_ASSIGN(const TreeHash root, Root());
  for (const uint64_t position : {1, 2, 256, 257, 299, 300}) {
    ASSERT_OK_AND_ASSIGN(const TreeHashes path, ProveInclusion(position - 1, 300, nodes));
    const auto bytes = log().ReadBytesAfter("t", Position{position - 1});
    ASSERT_TRUE((*bytes)->Next());
    EXPECT_OK(VerifyInclusion(position - 1, 300, *EventLeafHash((*bytes)->bytes()), path, root));
  }
  for (const uint64_t size : {1, 255, 256, 257, 299}) {
    ASSERT_OK_AND_ASSIGN(const TreeHash old_root, RootOf(size, nodes));
    ASSERT_OK_AND_ASSIGN(const TreeHashes path, ProveConsistency(size, 300, nodes));
    EXPECT_OK(VerifyConsistency(size, 300, old_root, root, path));
  }
}

TEST_F(TreeTilesTest, NodesBeyondTheHeadAreOutOfRange) {
  GrowTo(10);
  ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes("t"));
  GrowTo(20);
  EXPECT_OK(nodes({0, 9}));
  EXPECT_THAT(nodes({0, 10}), StatusIs(StatusCode::kOutOfRange, HasSubstr("a tree of 10")));
  EXPECT_THAT(nodes({3, 1}), StatusIs(StatusCode::kOutOfRange, HasSubstr("level 3")));
  EXPECT_THAT(nodes({70, 0}), StatusIs(StatusCode::kOutOfRange, HasSubstr("level 70")));
  EXPECT_THAT(log().TreeNodes("nowhere"), StatusIs(StatusCode::kNotFound, HasSubstr("nowhere")));
}

TEST_F(TreeTilesTest, FailedCommitLeavesTheTreeAsItWas) {
  GrowTo(255);
  ASSERT_OK_AND_ASSIGN(const TreeHash root, Root());
  {
    const WriteLimit limit(/*file_bytes=*/8'192);
    EXPECT_FALSE(Append({MakeNote("lost", "s", std::string(100'000, 'x'))}).ok());
  }
  EXPECT_THAT(Root(), IsOkAndHolds(root));
  ASSERT_OK(Reopen());
  EXPECT_THAT(Root(), IsOkAndHolds(root));
  GrowTo(257);
  ExpectNaive();
  EXPECT_OK(Verify());
}

TEST_F(TreeTilesTest, RefusedAppendLeavesNoLeaf) {
  v1::Event bad = MakeNote("bad", "s");
  bad.add_citations()->set_source("nowhere");
  EXPECT_THAT(Append({MakeNote("good", "s"), bad}),
              StatusIs(StatusCode::kNotFound, HasSubstr("nowhere")));
  GrowTo(5);
  ExpectNaive();
}

TEST_F(TreeTilesTest, ReadersSeeOneGrowingTreeWhileOthersAppend) {
  constexpr int kWriters = 8;
  constexpr int kAppends = 60;
  std::atomic<int> writing = kWriters;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kAppends; ++i) {
        EXPECT_OK(Append({MakeNote(absl::StrCat(writer, "-", i), "s")}));
      }
      --writing;
    });
  }
  uint64_t old_size = 0;
  TreeHash old_root = *RootOf(0, NodeReader());
  bool last = false;
  while (!last) {
    last = writing == 0;
    const uint64_t size = log().GetHead("t")->position.value;
    ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes("t"));
    ASSERT_OK_AND_ASSIGN(const TreeHash root, RootOf(size, nodes));
    ASSERT_OK_AND_ASSIGN(const TreeHashes path, ProveConsistency(old_size, size, nodes));
    ASSERT_OK(VerifyConsistency(old_size, size, old_root, root, path));
    old_size = size;
    old_root = root;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(old_size, 1 + kWriters * kAppends);
  EXPECT_EQ(old_root, ReadNaively().edge.Root());
}

// --- What the tree is made from ---------------------------------------------------

TEST_F(TreeTilesTest, EveryPayloadHasASaltOfItsOwn) {
  v1::Event retraction;
  retraction.set_id("r");
  retraction.set_stream("s");
  retraction.mutable_correction()->set_kind(v1::Correction::RETRACTS);
  retraction.mutable_correction()->add_targets("a");
  retraction.mutable_correction()->set_reason("wrong");
  retraction.mutable_correction()->set_editor("editor");
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "s"), retraction}));
  const std::string a = log().Read("t", Position{2})->payload_salt();
  EXPECT_THAT(a, SizeIs(kPayloadSaltBytes));
  EXPECT_THAT(log().Read("t", Position{3})->payload_salt(), SizeIs(kPayloadSaltBytes));
  EXPECT_NE(log().Read("t", Position{3})->payload_salt(), a);
  EXPECT_THAT(log().Read("t", Position{4})->payload_salt(), SizeIs(0));
  // And a retry, which draws another, is still the same event.
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("a", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_EQ(log().Read("t", Position{2})->payload_salt(), a);
}

TEST_F(TreeTilesTest, RedactedEventIsReadAndTheTreeIsAsBefore) {
  GrowTo(300);
  ASSERT_OK_AND_ASSIGN(const TreeHash root, Root());
  for (const uint64_t position : {7, 280, 300}) {
    const std::string key = LogKey(1, {position});
    ASSERT_OK_AND_ASSIGN(const std::string redacted, RedactRecord(Get(Family::kLog, key)));
    EXPECT_THAT(RedactRecord(redacted), IsOkAndHolds(redacted));
    Put(Family::kLog, key, redacted);
  }
  ReopenLog();
  ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Read("t", Position{7}));
  EXPECT_EQ(event.payload().value(), "");
  EXPECT_EQ(event.payload_salt(), "");
  EXPECT_THAT(event.payload_commitment(), SizeIs(32));
  EXPECT_EQ(event.payload().type_url(), "type.googleapis.com/annals.testing.Note");
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(300));
  EXPECT_THAT(Root(), IsOkAndHolds(root));
  EXPECT_OK(Verify());
  GrowTo(310);
  ExpectNaive();
}

TEST_F(TreeTilesTest, ChangedRedactedEventIsNoticedByTheTree) {
  GrowTo(300);
  const std::string key = LogKey(1, {7});
  ASSERT_OK_AND_ASSIGN(std::string redacted, RedactRecord(Get(Family::kLog, key)));
  redacted.back() ^= 1;
  Put(Family::kLog, key, redacted);
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss,
                                 HasSubstr("tile 0 of level 0 of its tree doesn't match the events "
                                           "from position 7 to 7")));
}

// --- Damage, and older stores -----------------------------------------------------

TEST_F(TreeTilesTest, StoreWithoutTilesGetsThemWhenItIsOpened) {
  draw_bytes_ = [](size_t) { return std::string(); };  // As before there were salts.
  ASSERT_OK(Reopen());
  GrowTo(1'000);
  draw_bytes_ = nullptr;
  ASSERT_OK_AND_ASSIGN(const TreeHash root, Root());
  for (uint64_t index = 0; index < 3; ++index) Delete(Family::kTiles, TileKey(1, {0, index}));
  ASSERT_OK(Reopen());
  EXPECT_EQ(CountTiles(), 3);
  EXPECT_THAT(Root(), IsOkAndHolds(root));
  GrowTo(1'100);
  ExpectNaive();
  EXPECT_OK(Verify());
}

TEST_F(TreeTilesTest, MissingTileIsNamedAndMadeAnew) {
  GrowTo(800);
  ASSERT_OK_AND_ASSIGN(const TreeHash root, Root());
  Delete(Family::kTiles, TileKey(1, {0, 1}));
  const auto missing = StatusIs(StatusCode::kDataLoss,
                                AllOf(HasSubstr("timeline \"t\": tile 1 of level 0"),
                                      HasSubstr("is missing"), HasSubstr("`annals rebuild`")));
  EXPECT_THAT(Verify(), missing);
  EXPECT_THAT((*log().TreeNodes("t"))({0, 300}), missing);
  ReopenLog();
  EXPECT_THAT(log().TreeNodes("t"), missing);
  EXPECT_THAT(Append({MakeNote("x", "s")}), missing);
  log_.reset();
  EXPECT_THAT(RebuildLookups(&folder()), IsOkAndHolds(800));
  ASSERT_OK(Reopen());
  EXPECT_THAT(Root(), IsOkAndHolds(root));
  EXPECT_OK(Verify());
}

TEST_F(TreeTilesTest, DamagedTileIsNamed) {
  GrowTo(600);
  const std::string key = TileKey(1, {0, 1});
  const std::string tile = Get(Family::kTiles, key);
  std::string damaged = tile;
  damaged[5 * sizeof(TreeHash)] ^= 1;
  Put(Family::kTiles, key, damaged);
  EXPECT_THAT(Verify(),
              StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("tile 1 of level 0"),
                                                    HasSubstr("from position 262 to 262"))));
  Put(Family::kTiles, key, "short");
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("has 5 bytes, not 8192")));
  Put(Family::kTiles, key, tile);
  Put(Family::kTiles, TileKey(1, {2, 0}), tile);
  EXPECT_OK(Verify());  // Beyond the head it may be one that was just written.
  Delete(Family::kTiles, TileKey(1, {2, 0}));
  Put(Family::kTiles, TileKey(1, {9, 0}), tile);
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("no tile's")));
}

TEST_F(TreeTilesTest, VerifyingReportsEveryTree) {
  ASSERT_OK(log().Append({.timeline = "u", .events = {MakeTimeline()}}));
  GrowTo(300);
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, Verify());
  EXPECT_EQ(report.tiles, 1);
  ASSERT_THAT(report.trees, SizeIs(2));
  EXPECT_EQ(report.trees[0].timeline, "t");
  EXPECT_EQ(report.trees[0].size, 300);
  EXPECT_EQ(report.trees[0].root, ReadNaively("t").edge.Root());
  EXPECT_EQ(report.trees[1].timeline, "u");
  EXPECT_EQ(report.trees[1].root, ReadNaively("u").edge.Root());
}

}  // namespace
}  // namespace annals
