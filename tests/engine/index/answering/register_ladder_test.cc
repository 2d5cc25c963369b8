#include "engine/index/answering/register_ladder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::Eq;
using ::testing::Optional;

using Entries = std::vector<RegisterEntry>;

RegisterEntry Entry(int64_t occurred, int64_t known, uint32_t index) {
  return {.occurred = {occurred},
          .known = {known},
          .presence = {{{known}, 1}},
          .event = {index + 1},
          .index = index};
}

auto Rank(const RegisterEntry& entry) {
  return std::make_tuple(entry.occurred, entry.known, entry.event, entry.index);
}

std::optional<uint32_t> NaiveHolder(const Entries& entries, Instant valid, Instant known) {
  const RegisterEntry* holder = nullptr;
  for (const RegisterEntry& entry : entries) {
    if (entry.occurred > valid || ValueAt(entry.presence, known) != 1) continue;
    if (holder == nullptr || Rank(*holder) < Rank(entry)) holder = &entry;
  }
  return holder == nullptr ? std::nullopt : std::optional<uint32_t>(holder->index);
}

void ExpectAgreement(const Entries& entries, size_t questions, std::mt19937_64* random) {
  std::set<Instant> coordinates = {Instant::Beginning(), Instant::End()};
  for (const RegisterEntry& entry : entries) {
    for (const KnownStep& step : entry.presence) coordinates.insert(step.known);
    coordinates.insert(entry.occurred);
  }
  std::vector<Instant> corners(coordinates.begin(), coordinates.end());
  for (size_t i = coordinates.size(); i > 0; --i) {
    if (corners[i - 1] > Instant::Beginning()) corners.push_back({corners[i - 1].micros - 1});
  }
  const RegisterLadder ladder(entries);
  for (size_t i = 0; i < questions; ++i) {
    const Instant valid = corners[(*random)() % corners.size()];
    const Instant known = corners[(*random)() % corners.size()];
    ASSERT_EQ(ladder.Holder(valid, known), NaiveHolder(entries, valid, known))
        << "valid " << valid.micros << ", known " << known.micros;
  }
}

TEST(RegisterLadderTest, NothingHoldsAnEmptyRegister) {
  EXPECT_EQ(RegisterLadder(Entries{}).Holder(Instant::End(), Instant::End()), std::nullopt);
}

TEST(RegisterLadderTest, TheLatestToOccurOfThoseKnownHolds) {
  const RegisterLadder ladder(Entries{Entry(10, 100, 0), Entry(20, 300, 1), Entry(15, 200, 2)});
  EXPECT_THAT(ladder.Holder({20}, {300}), Optional(1));
  EXPECT_THAT(ladder.Holder({20}, {299}), Optional(2));
  EXPECT_THAT(ladder.Holder({19}, {300}), Optional(2));
  EXPECT_THAT(ladder.Holder({14}, {300}), Optional(0));
  EXPECT_THAT(ladder.Holder({20}, {199}), Optional(0));
  EXPECT_EQ(ladder.Holder({9}, {300}), std::nullopt);
  EXPECT_EQ(ladder.Holder({20}, {99}), std::nullopt);
}

TEST(RegisterLadderTest, OfEqualOnesTheOneKnownLaterThenTheLaterEventHolds) {
  EXPECT_THAT(RegisterLadder(Entries{Entry(10, 100, 1), Entry(10, 90, 2)}).Holder({10}, {100}),
              Optional(1));
  EXPECT_THAT(RegisterLadder(Entries{Entry(10, 100, 1), Entry(10, 100, 2)}).Holder({10}, {100}),
              Optional(2));
  Entries of_one_event = {Entry(10, 100, 7), Entry(10, 100, 6)};
  of_one_event[1].event = of_one_event[0].event;
  EXPECT_THAT(RegisterLadder(of_one_event).Holder({10}, {100}), Optional(7));
}

TEST(RegisterLadderTest, ACorrectionThatCameFirstDoesNotMakeAnEventKnownLater) {
  // Known at 10, but only there from 30 on, when what corrected it was retracted.
  RegisterEntry brought_back = Entry(5, 10, 0);
  brought_back.presence = {{{30}, 1}};
  EXPECT_THAT(RegisterLadder(Entries{brought_back, Entry(5, 20, 1)}).Holder({5}, {40}),
              Optional(1));
}

TEST(RegisterLadderTest, TheLimitsOfTimeAreCoordinates) {
  Entries entries = {
      Entry(std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::max(), 0),
      Entry(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::min(), 1)};
  entries[1].presence.push_back({Instant::End(), -1});
  const RegisterLadder ladder(entries);
  EXPECT_THAT(ladder.Holder(Instant::End(), Instant::End()), Optional(0));
  EXPECT_THAT(ladder.Holder(Instant::Beginning(), Instant::Beginning()), Optional(1));
  EXPECT_THAT(ladder.Holder({0}, {0}), Optional(1));
  EXPECT_EQ(ladder.Holder({0}, Instant::End()), std::nullopt);
}

// Occurred and known somewhere; `corrections` of 8 have more than one step.
Entries RandomEntries(size_t count, int64_t span, uint64_t corrections, std::mt19937_64* random) {
  Entries entries;
  for (uint32_t i = 0; i < count; ++i) {
    RegisterEntry entry = Entry((*random)() % span, (*random)() % span, i);
    entry.event = {(*random)() % count + 1};
    int change = -1;
    Instant known = entry.known;
    for (uint64_t steps = (*random)() % 8 < corrections ? (*random)() % 5 : 0; steps > 0; --steps) {
      known.micros += 1 + static_cast<int64_t>((*random)() % (1 + span / 4));
      entry.presence.push_back({known, change});
      change = -change;
    }
    if ((*random)() % 16 == 0) entry.presence.clear();
    entries.push_back(entry);
  }
  return entries;
}

TEST(RegisterLadderTest, SmallOnesAgreeWithALookAtAll) {
  for (uint64_t seed = 0; seed < 2'000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const int64_t span = 1 + static_cast<int64_t>(random() % 40);
    ASSERT_NO_FATAL_FAILURE(
        ExpectAgreement(RandomEntries(random() % 40, span, random() % 9, &random), 60, &random));
  }
}

TEST(RegisterLadderTest, LargeOnesAgreeWithALookAtAll) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const int64_t span = seed % 2 == 0 ? 300 : 1'000'000'000;
    ASSERT_NO_FATAL_FAILURE(
        ExpectAgreement(RandomEntries(6'000, span, seed % 3 * 4, &random), 500, &random));
  }
}

TEST(RegisterLadderTest, FactsThatWereCorrectedAgainAndAgainAgreeWithALookAtAll) {
  std::mt19937_64 random(1);
  Entries entries;
  for (int64_t fact = 0; fact < 60; ++fact) {
    int64_t known = static_cast<int64_t>(random() % 1'000);
    for (int correction = 0; correction < 60; ++correction) {
      RegisterEntry entry = Entry(fact, known, entries.size());
      known += 1 + static_cast<int64_t>(random() % 100);
      entry.presence.push_back({{known}, -1});
      entries.push_back(entry);
    }
    entries.back().presence.pop_back();
  }
  ExpectAgreement(entries, 3'000, &random);
}

TEST(RegisterLadderTest, MemoryGrowsWithTheEntries) {
  std::mt19937_64 random(1);
  const RegisterLadder ladder(RandomEntries(10'000, 1'000'000'000, 0, &random));
  EXPECT_GT(ladder.memory_bytes(), 10'000 * 16);
  EXPECT_LT(ladder.memory_bytes(), 10'000 * 40);
}

}  // namespace
}  // namespace annals
