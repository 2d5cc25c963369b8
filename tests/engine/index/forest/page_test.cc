#include "engine/index/forest/page.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::forest {
namespace {

using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

// Groups 3 (goes on from an earlier page) and 8, two measures.
Entries SampleEntries() {
  Entries entries;
  entries.keys = {20, 30, 10, 6, 5};
  entries.ranks = {0, 2, 4, 1, 3};
  entries.weights[0] = {1, 1, 1, 1, 1};
  entries.weights[1] = {6, -7, 5, 9, 8};
  entries.groups = {{3, 3}, {8, 5}};
  return entries;
}

// Two children: 100 and 200 of the first measure, 7 and −3 of the second.
constexpr absl::int128 kByChild[] = {100, 7, 200, -3};
// What stayed on earlier pages: 40 of the first measure, −5 of the second.
constexpr absl::int128 kStayed[] = {40, -5};

std::string SamplePage() {
  return EncodeEntryPage(SampleEntries(), 2, {.by_child = kByChild, .stayed = kStayed});
}

TEST(PageTest, FindsGroupsAndAddsTheirEntries) {
  const std::string bytes = SamplePage();
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
  EXPECT_TRUE(page.continues());
  EXPECT_EQ(page.FindGroup(3).begin, 0);
  EXPECT_EQ(page.FindGroup(3).end, 3);
  EXPECT_EQ(page.FindGroup(8).begin, 3);
  EXPECT_EQ(page.FindGroup(8).end, 5);
  for (const uint32_t absent : {0, 2, 4, 7, 9}) EXPECT_EQ(page.FindGroup(absent).end, 0);
  const EntryPage::Slice early = page.WithRanks(page.FindGroup(3), {.end = 3});
  WeightSum sum = {};
  ASSERT_OK(page.AddTo(&sum, early, {}, {}));
  EXPECT_EQ(sum[0], 2);
  EXPECT_EQ(sum[1], -1);
  WeightSum later = {};
  ASSERT_OK(page.AddTo(&later, page.WithRanks(page.FindGroup(3), {.begin = 2, .end = 5}), {}, {}));
  EXPECT_EQ(later[0], 2);
  EXPECT_EQ(later[1], -2);
  WeightSum by_then = {};
  ASSERT_OK(page.AddTo(&by_then, early, {EntryPage::Filter::kKeyUpTo, 29}, {}));
  EXPECT_EQ(by_then[0], 1);
  EXPECT_EQ(by_then[1], 6);
  EXPECT_EQ(page.WithRanks(page.FindGroup(8), {.end = 0}).end, 3);
}

TEST(PageTest, AddsWhatEarlierPagesHaveInTheFirstChildren) {
  const std::string bytes = SamplePage();
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
  WeightSum first = {};
  ASSERT_OK(page.AddTo(&first, {}, {}, {.children = 1}));
  EXPECT_EQ(first[0], 100);
  EXPECT_EQ(first[1], 7);
  WeightSum both = {};
  ASSERT_OK(page.AddTo(&both, {}, {}, {.children = 2}));
  EXPECT_EQ(both[0], 300);
  EXPECT_EQ(both[1], 4);
}

TEST(PageTest, AddsWhatStayedOnEarlierPages) {
  for (const bool has_children : {false, true}) {
    EarlierSums earlier = {.stayed = kStayed};
    if (has_children) earlier.by_child = kByChild;
    const std::string bytes = EncodeEntryPage(SampleEntries(), 2, earlier);
    ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
    EXPECT_EQ(page.continues(), has_children);
    WeightSum sum = {};
    ASSERT_OK(page.AddTo(&sum, {}, {}, {.children = 1, .stayed = true}));
    EXPECT_EQ(sum[0], has_children ? 140 : 40);
    EXPECT_EQ(sum[1], has_children ? 2 : -5);
  }
}

TEST(PageTest, TotalsMayLeaveSixtyFourBits) {
  const absl::int128 most = absl::MakeInt128(int64_t{1} << 32, 0);
  const absl::int128 totals[] = {most, -most};
  const std::string bytes = EncodeEntryPage(SampleEntries(), 2, {.stayed = totals});
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
  WeightSum sum = {};
  ASSERT_OK(page.AddTo(&sum, {}, {}, {.stayed = true}));
  EXPECT_EQ(sum[0], most);
  EXPECT_EQ(sum[1], -most);
}

TEST(PageTest, TotalsOfMoreThanThereCanBeAreDataLoss) {
  const absl::int128 totals[] = {0, absl::Int128Min()};
  const std::string bytes = EncodeEntryPage(SampleEntries(), 2, {.stayed = totals});
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
  WeightSum sum = {};
  EXPECT_THAT(page.AddTo(&sum, {}, {}, {.stayed = true}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed page")));
}

TEST(PageTest, DecodesWhatWasEncoded) {
  const std::string bytes = SamplePage();
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 2));
  ASSERT_OK_AND_ASSIGN(const Entries entries, page.Decode());
  const Entries sample = SampleEntries();
  EXPECT_EQ(entries.keys, sample.keys);
  EXPECT_EQ(entries.ranks, sample.ranks);
  EXPECT_EQ(entries.weights, sample.weights);
  ASSERT_EQ(entries.groups.size(), 2);
  EXPECT_EQ(entries.groups[1].id, 8);
  EXPECT_EQ(entries.groups[1].end, 5);
}

TEST(PageTest, SortsTheEntriesOfEachGroup) {
  Entries entries = SampleEntries();
  entries.SortGroups(Entries::Order::kByKey);
  EXPECT_EQ(entries.keys, (std::vector<int64_t>{10, 20, 30, 5, 6}));
  EXPECT_EQ(entries.ranks, (std::vector<int64_t>{4, 0, 2, 3, 1}));
  EXPECT_EQ(entries.weights[1], (std::vector<int64_t>{5, 6, -7, 8, 9}));
  entries.SortGroups(Entries::Order::kByRank);
  EXPECT_EQ(entries.keys, SampleEntries().keys);
  EXPECT_EQ(entries.weights, SampleEntries().weights);
}

TEST(PageTest, RanksOfOneGroupAreFoundWhereverTheyLie) {
  Entries entries;
  for (int64_t i = 0; i < 300; ++i) {
    entries.keys.push_back(i * 37 % 300);
    entries.ranks.push_back(1000 + i * i);
    entries.weights[0].push_back(i);
  }
  entries.groups = {{9, 300}};
  const std::string bytes = EncodeEntryPage(entries, 1, {});
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 1));
  for (const uint64_t rank : {0, 999, 1000, 1001, 1025, 1026, 51'000, 90'401, 90'402, 1'000'000}) {
    for (const int64_t valid : {int64_t{-1}, int64_t{0}, int64_t{150}, int64_t{299}, INT64_MAX}) {
      int64_t expected = 0;
      for (size_t i = 0; i < entries.size(); ++i) {
        const bool counts =
            static_cast<uint64_t>(entries.ranks[i]) < rank && entries.keys[i] <= valid;
        if (counts) expected += entries.weights[0][i];
      }
      const EntryPage::Slice slice = page.WithRanks(page.FindGroup(9), {.end = rank});
      WeightSum sum = {};
      ASSERT_OK(page.AddTo(&sum, slice, {EntryPage::Filter::kKeyUpTo, valid}, {}));
      EXPECT_EQ(sum[0], expected) << "below " << rank << ", up to " << valid;
    }
  }
}

TEST(PageTest, EqualMeasuresAreStoredOnce) {
  Entries entries = SampleEntries();
  const size_t one = EncodeEntryPage(entries, 2, {}).size();
  entries.weights[2] = entries.weights[1];
  const std::string bytes = EncodeEntryPage(entries, 3, {});
  EXPECT_EQ(bytes.size(), one + 2);
  ASSERT_OK_AND_ASSIGN(const EntryPage page, EntryPage::Parse(bytes, 3));
  WeightSum sum = {};
  ASSERT_OK(page.AddTo(&sum, {0, 5}, {}, {}));
  EXPECT_EQ(sum[1], 21);
  EXPECT_EQ(sum[2], 21);
}

TEST(PageTest, LeafHasKnownTimesAndEntries) {
  Entries entries = SampleEntries();
  entries.groups.clear();
  entries.keys = {1, 1, 4, 4, 9};
  const std::string bytes = EncodeLeafPage({100, 100, 250, 300, 400}, entries, 2);
  ASSERT_OK_AND_ASSIGN(const LeafPage leaf, LeafPage::Parse(bytes, 2));
  EXPECT_EQ(leaf.known().UpperBound(100, 0, 5), 2);
  EXPECT_EQ(leaf.known().UpperBound(399, 0, 5), 4);
  ASSERT_OK_AND_ASSIGN(const EntryPage page, leaf.entries());
  EXPECT_FALSE(page.continues());
  EXPECT_EQ(page.keys().LowerBound(4, 0, 5), 2);
  WeightSum sum = {};
  ASSERT_OK(page.AddTo(&sum, {2, 5}, {EntryPage::Filter::kRankBelow, 4}, {}));
  EXPECT_EQ(sum[1], 17);
}

TEST(PageTest, FormatIsStable) {
  EXPECT_EQ(absl::BytesToHexString(SamplePage()),
            "3b"                                  // 59 bytes of head.
            "050502"                              // 5 entries, 2 children and totals, 2 groups.
            "010605"                              // Groups' ids: from 3 in steps of 5,
            "010602"                              // ends: from 3 in steps of 2.
            "050a01"                              // Keys: from 5.
            "030001"                              // Ranks: from 0.
            "000201"                              // The first measure: always 1.
            "050d01"                              // The second: from −7.
            "0864000000000000000000000000000000"  // Sums: from 100,
            "0204000000000000000000000000000000"  // and from 4.
            "50000900"                            // Totals: 40 and −5.
            "02"
            "02"
            "2f970000"
            "1033"
            "0d30f800"
            "00c8"
            "03"
            "0000000000000000");
  Entries entries = SampleEntries();
  entries.groups.clear();
  entries.keys = {1, 1, 4, 4, 9};
  EXPECT_EQ(absl::BytesToHexString(EncodeLeafPage({100, 100, 250, 300, 400}, entries, 1)),
            "15"            // 21 bytes of head.
            "05"            // 5 points.
            "41c801320002"  // Known: monotone, from 100 in steps of 50, no low bits.
            "050000"        // 5 entries, no children, no groups.
            "4102010002"    // Keys: monotone, from 1.
            "030001"        // Ranks.
            "000201"        // The measure.
            "a304"
            "6310"
            "1033"
            "0000000000000000");
}

TEST(PageTest, TruncatedPagesAreDataLoss) {
  const std::string bytes = SamplePage();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    const auto page = EntryPage::Parse(cut, 2);
    WeightSum sum = {};
    const absl::Status status =
        page.ok() ? page->AddTo(&sum, {0, 5}, {}, {.children = 2, .stayed = true}) : page.status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed page")))
        << size << " bytes";
  }
}

TEST(PageTest, DamagedPagesAreReadWithoutHarm) {
  std::mt19937_64 random(4);
  const std::string sound = SamplePage();
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = sound;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto page = EntryPage::Parse(bytes, 2);
    if (!page.ok()) continue;
    WeightSum sum = {};
    const EntryPage::Slice slice = page->FindGroup(3);
    page->PrefetchKey(20);
    page->PrefetchRank(2);
    constexpr EntryPage::Filter kFilter = {EntryPage::Filter::kKeyUpTo, 20};
    page->Prefetch(page->FindGroup(7), kFilter, 2);
    (void)page->AddTo(&sum, page->WithRanks(slice, {.begin = 1, .end = 3}), kFilter,
                      {.children = 2, .stayed = true});
    const auto decoded = page->Decode();
    if (!decoded.ok()) continue;
    EXPECT_EQ(decoded->keys.size(), page->size());
  }
}

}  // namespace
}  // namespace annals::forest
