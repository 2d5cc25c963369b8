#include "engine/index/lists/list_tail.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StatedContribution Stated(uint64_t event) {
  return {.event = {event}, .content = absl::StrCat("a content too long to lie inside ", event)};
}

ChangedContribution Changed(uint64_t event, uint64_t arrival) {
  return {.event = {event}, .arrival = {arrival}};
}

// What VisitLists shows, as text.
std::vector<std::string> Visited(const ListTail& tail) {
  std::vector<std::string> visited;
  tail.VisitLists([&](absl::string_view list, absl::Span<const StatedContribution> stated,
                      absl::Span<const ChangedContribution> changed) {
    std::string text = absl::StrCat(list, ":");
    for (const StatedContribution& one : stated) {
      EXPECT_EQ(one, Stated(one.event.value));
      absl::StrAppend(&text, " ", one.event.value);
    }
    for (const ChangedContribution& one : changed) {
      absl::StrAppend(&text, " ", one.arrival.value, "->", one.event.value);
    }
    visited.push_back(text);
  });
  return visited;
}

TEST(ListTailTest, VisitsListsInOrderAndInEachWhatCameAsItCame) {
  ListTail tail;
  EXPECT_EQ(tail.State("b", Stated(1)), 0u);
  EXPECT_EQ(tail.State("a", Stated(2)), 1u);
  EXPECT_EQ(tail.State("b", Stated(3)), 0u);
  EXPECT_EQ(tail.Change("c", Changed(1, 4)), 2u);
  EXPECT_EQ(tail.Change("b", Changed(1, 5)), 0u);
  EXPECT_EQ(tail.State("a", Stated(6)), 1u);
  EXPECT_THAT(Visited(tail), ElementsAre("a: 2 6", "b: 1 3 5->1", "c: 4->1"));
}

TEST(ListTailTest, CopiesOneListOrThoseOfARange) {
  ListTail tail;
  for (uint64_t event = 1; event <= 6; ++event) {
    tail.State(absl::StrCat(event % 2 == 0 ? "even" : "odd", event % 3), Stated(event));
  }
  const ListTail::Lists one = tail.In(ListRange::OneList("odd1"));
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_THAT(one[0].second.stated, ElementsAre(Stated(1)));
  const ListTail::Lists even = tail.In(ListRange::WithPrefix("even"));
  ASSERT_THAT(even, SizeIs(3));
  EXPECT_EQ(even[0].first, "even0");
  EXPECT_EQ(even[2].first, "even2");
  EXPECT_THAT(tail.In(ListRange::OneList("odd")), IsEmpty());
}

TEST(ListTailTest, TellsTheLastContributionOfAList) {
  ListTail tail;
  tail.State("a", Stated(3));
  tail.State("b", Stated(5));
  EXPECT_TRUE(tail.HasStatedAfter("a", {2}));
  EXPECT_FALSE(tail.HasStatedAfter("a", {3}));
  EXPECT_FALSE(tail.HasStatedAfter("c", {0}));
  tail.Change("c", Changed(2, 6));
  EXPECT_FALSE(tail.HasStatedAfter("c", {0}));
  EXPECT_TRUE(tail.HasChanged("c", {5}, {6}));
  EXPECT_FALSE(tail.HasChanged("c", {6}, {9}));
}

// More than one part of links holds, and prefetched or not.
TEST(ListTailTest, ManyContributionsComeBackListByList) {
  std::mt19937 random(1);
  ListTail tail(10);
  std::map<std::string, std::vector<StatedContribution>> expected;
  for (uint64_t event = 1; event <= 5'000; ++event) {
    const std::string list = absl::StrCat("list ", random() % 700);
    if (event % 3 == 0) {
      const uint64_t hash = NameTable::HashOf(list);
      std::vector<uint32_t> guesses;
      tail.Prefetch({&hash, 1}, &guesses);
      for (const uint32_t guess : guesses) ASSERT_LT(guess, tail.lists());
    }
    tail.State(list, Stated(event));
    expected[list].push_back(Stated(event));
  }
  EXPECT_EQ(tail.lists(), expected.size());
  auto next = expected.begin();
  tail.VisitLists([&](absl::string_view list, absl::Span<const StatedContribution> stated,
                      absl::Span<const ChangedContribution> changed) {
    ASSERT_NE(next, expected.end());
    EXPECT_EQ(list, next->first);
    EXPECT_EQ(stated, absl::MakeConstSpan(next->second));
    EXPECT_THAT(changed, IsEmpty());
    ++next;
  });
  EXPECT_EQ(next, expected.end());
}

}  // namespace
}  // namespace annals
