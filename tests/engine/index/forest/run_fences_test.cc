#include "engine/index/forest/run_fences.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::forest {
namespace {

using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr uint8_t kGoesOn = RunFences::Window::kContinues | RunFences::Window::kStays;

// Top pages 0 to 4 begin with (2, 10), (5, -3), (5, 7), (5, 7), (9, 0).
RunFences Sample() {
  RunFences fences = RunFences::ForShape(
      {.page_entries = 8, .leaf_points_log2 = 2, .flat_leaves = 4}, /*points=*/40);
  fences.groups = {{2, 0}, {5, 1}, {9, 4}};
  fences.top_first_valid = {10, -3, 7, 7, 0};
  // Group 5 has the pages 1 to 3, and goes on there from page 0.
  fences.windows = {{0, 6, kGoesOn}, {4, 9, kGoesOn}, {4, 9, 1}, {20, 31, kGoesOn}, {0, 40, 4}};
  fences.leaf_first_known = {0, 5, 5, 5, 8, 9, 12, 20, 20, 30};
  fences.last_known = 33;
  fences.nodes = {{0, 1}, {2, 3}, {1, 0}, {1, 2}};
  fences.child_nodes = {0, 2, 3, 4};
  fences.Sample();
  return fences;
}

TEST(RunFencesTest, ShapeSharesTheFanOutBetweenTwoLevels) {
  const RunFences small = RunFences::ForShape({}, 262'144);
  EXPECT_FALSE(small.has_nodes());
  EXPECT_EQ(small.children(), 256);
  const RunFences large = RunFences::ForShape({}, 100'000'000);
  EXPECT_TRUE(large.has_nodes());
  EXPECT_EQ(large.leaves(), 97'657);
  EXPECT_EQ(large.child_log2, 19);
  EXPECT_EQ(large.children(), 191);
  const RunFences one = RunFences::ForShape({}, 1);
  EXPECT_EQ(one.leaves(), 1);
}

TEST(RunFencesTest, FindTopGivesTheLastPageThatBeginsUpToTheValidTime) {
  const RunFences fences = Sample();
  const auto found = [&](uint32_t group, int64_t valid) {
    fences.Prefetch(group, valid);  // Changes nothing; sanitizers see what it asks for.
    const auto range = fences.FindTop(group, valid);
    return range ? std::to_string(range->begin) + "-" + std::to_string(range->top) : "none";
  };
  EXPECT_EQ(found(1, 99), "none");
  EXPECT_EQ(found(2, 9), "none");
  EXPECT_EQ(found(2, 10), "0-0");
  EXPECT_EQ(found(3, 0), "0-0") << "it could only be on the page before the next group's";
  EXPECT_EQ(found(5, -4), "0-0");
  EXPECT_EQ(found(5, -3), "0-1");
  EXPECT_EQ(found(5, 6), "0-1");
  EXPECT_EQ(found(5, 7), "0-3") << "the last of the pages that begin with an equal time";
  EXPECT_EQ(found(7, 0), "3-3");
  EXPECT_EQ(found(9, std::numeric_limits<int64_t>::max()), "3-4");
  EXPECT_EQ(found(100, 0), "4-4");
  EXPECT_EQ(fences.FirstGroup(0), 2);
  EXPECT_EQ(fences.FirstGroup(3), 5);
  EXPECT_EQ(fences.FirstGroup(4), 9);
}

TEST(RunFencesTest, FindWindowsGivesThePagesThatRanksCutThrough) {
  RunFences fences = Sample();
  const auto found = [&](RunFences::TopRange range, uint64_t least, uint64_t most) {
    const RunFences::WindowCut cut = fences.FindWindows(range, least, most);
    return absl::StrCat(cut.first, ": ", cut.begin, "-", cut.end);
  };
  EXPECT_EQ(found({0, 3}, 5, 5), "0: 0-3");
  EXPECT_EQ(found({0, 3}, 6, 8), "0: 1-3");
  EXPECT_EQ(found({0, 3}, 9, 20), "0: 3-3") << "all that stays is below";
  EXPECT_EQ(found({0, 3}, 1, 4), "0: 0-1");
  EXPECT_EQ(found({0, 4}, 9, 20), "0: 3-3") << "the last one is above";
  EXPECT_EQ(found({0, 4}, 40, 40), "0: 4-4");
  EXPECT_EQ(found({2, 2}, 5, 5), "2: 2-2");
  fences.windows[0].traits = 0;
  EXPECT_EQ(found({0, 3}, 5, 5), "1: 1-3") << "page 0 ends with another group";
  EXPECT_EQ(found({0, 1}, 5, 5), "1: 1-1");
}

TEST(RunFencesTest, FindLeafGivesTheLastThatBeginsUpToTheKnownTime) {
  const RunFences fences = Sample();
  EXPECT_EQ(fences.FindLeaf(-1), std::nullopt);
  EXPECT_EQ(fences.FindLeaf(0), 0);
  EXPECT_EQ(fences.FindLeaf(5), 3);
  EXPECT_EQ(fences.FindLeaf(19), 6);
  EXPECT_EQ(fences.FindLeaf(1'000), 9);
}

TEST(RunFencesTest, FindNodeGivesTheLastWithEntriesOfEarlierTopPages) {
  const RunFences fences = Sample();
  EXPECT_EQ(fences.FindNode(0, 0), nullptr);
  EXPECT_EQ(fences.FindNode(0, 1)->page, 1);
  EXPECT_EQ(fences.FindNode(0, 2)->page, 1);
  EXPECT_EQ(fences.FindNode(0, 3)->page, 3);
  EXPECT_EQ(fences.FindNode(1, 4)->page, 0);
  EXPECT_EQ(fences.FindNode(2, 1), nullptr);
}

TEST(RunFencesTest, DecodesWhatWasEncoded) {
  RunFences fences = Sample();
  ASSERT_OK_AND_ASSIGN(const RunFences decoded, RunFences::Decode(fences.Encode()));
  EXPECT_EQ(decoded.Encode(), fences.Encode());
  EXPECT_EQ(decoded.points, 40);
  EXPECT_EQ(decoded.nodes[3].page, 2);
  EXPECT_EQ(decoded.windows[3].end, 31);
}

TEST(RunFencesTest, DamagedFencesAreDataLoss) {
  const std::string bytes = Sample().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(RunFences::Decode(bytes.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed fences")));
  }
  RunFences fewer_leaves = Sample();
  fewer_leaves.leaf_first_known.pop_back();
  EXPECT_THAT(RunFences::Decode(fewer_leaves.Encode()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed fences")));
  RunFences fewer_windows = Sample();
  fewer_windows.windows.pop_back();
  EXPECT_THAT(RunFences::Decode(fewer_windows.Encode()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed fences")));
  RunFences stray_node = Sample();
  stray_node.child_nodes[1] = 5;
  EXPECT_THAT(RunFences::Decode(stray_node.Encode()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed fences")));
}

}  // namespace
}  // namespace annals::forest
