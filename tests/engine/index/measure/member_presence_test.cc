#include "engine/index/measure/member_presence.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

using Points = std::vector<PresencePoint>;
using Step = MemberPresence::Step;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

// All coordinates that random contributions take: the limits of time are among them.
const std::vector<Instant> kInstants = {
    Instant::Beginning(), {kLeast + 1},  {-3}, {0}, {1}, {2}, {5}, {9},
    {kGreatest - 1},      Instant::End()};

Instant AnyInstant(std::mt19937_64* random) { return kInstants[(*random)() % kInstants.size()]; }

// There from some instant on, and perhaps corrected, brought back, corrected, …
TimedPresence AnyContribution(bool corrected, std::mt19937_64* random) {
  TimedPresence contribution = {.valid = AnyInstant(random)};
  size_t at = (*random)() % kInstants.size();
  int change = 1;
  do {
    contribution.presence.push_back({kInstants[at], change});
    change = -change;
    at += 1 + (*random)() % 3;
  } while (corrected && at < kInstants.size());
  return contribution;
}

std::vector<TimedPresence> AnyContributions(bool corrected, std::mt19937_64* random) {
  std::vector<TimedPresence> contributions((*random)() % 7);
  for (TimedPresence& contribution : contributions) {
    contribution = AnyContribution(corrected && (*random)() % 2 == 0, random);
  }
  return contributions;
}

bool NaivelyThere(const std::vector<TimedPresence>& contributions, Instant valid, Instant known) {
  return std::any_of(contributions.begin(), contributions.end(), [&](const TimedPresence& c) {
    return c.valid <= valid && ValueAt(c.presence, known) == 1;
  });
}

int64_t Sum(const Points& points, Instant valid, Instant known) {
  int64_t sum = 0;
  for (const PresencePoint& point : points) {
    if (point.valid <= valid && point.known <= known) sum += point.weight;
  }
  return sum;
}

template <typename Check>
void AtAllCorners(Check check) {
  for (const Instant valid : kInstants) {
    for (const Instant known : kInstants) check(valid, known);
  }
}

TEST(MemberPresenceTest, AMemberIsThereFromTheLeastValidTimeThatIsKnown) {
  MemberPresence presence;
  EXPECT_TRUE(presence.Add({50}, {100}));
  EXPECT_TRUE(presence.Add({20}, {200}));
  EXPECT_FALSE(presence.Add({60}, {100}));
  EXPECT_FALSE(presence.Add({20}, {300}));
  EXPECT_THAT(presence.steps(), ElementsAre(Step{{100}, Instant{50}}, Step{{200}, Instant{20}}));
  EXPECT_EQ(presence.ValidFrom({99}), std::nullopt);
  EXPECT_EQ(presence.ValidFrom({100}), Instant{50});
  EXPECT_TRUE(presence.IsThere({20}, {200}));
  EXPECT_FALSE(presence.IsThere({19}, {200}));
  EXPECT_THAT(presence.Points(),
              ElementsAre(PresencePoint{{50}, {100}, 1}, PresencePoint{{50}, {200}, -1},
                          PresencePoint{{20}, {200}, 1}));
}

TEST(MemberPresenceTest, NeverIsLaterThanTheEndOfTime) {
  MemberPresence presence;
  EXPECT_FALSE(presence.IsThere(Instant::End(), Instant::End()));
  EXPECT_TRUE(presence.Add(Instant::End(), Instant::End()));
  EXPECT_TRUE(presence.IsThere(Instant::End(), Instant::End()));
  EXPECT_FALSE(presence.IsThere(Instant::End(), {kGreatest - 1}));
}

TEST(MemberPresenceTest, CorrectionsTakeAMemberOutAndBringItBack) {
  const MemberPresence presence = MemberPresence::Of(
      {{{5}, {{{10}, 1}, {{20}, -1}, {{30}, 1}}}, {{7}, {{{20}, 1}, {{25}, -1}}}});
  EXPECT_THAT(presence.steps(), ElementsAre(Step{{10}, Instant{5}}, Step{{20}, Instant{7}},
                                            Step{{25}, std::nullopt}, Step{{30}, Instant{5}}));
}

TEST(MemberPresenceTest, AgreesWithTheContributionsAtAllCorners) {
  for (uint64_t seed = 0; seed < 3'000; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<TimedPresence> contributions = AnyContributions(true, &random);
    const MemberPresence presence = MemberPresence::Of(contributions);
    const Points points = presence.Points();
    AtAllCorners([&](Instant valid, Instant known) {
      const bool there = NaivelyThere(contributions, valid, known);
      ASSERT_EQ(presence.IsThere(valid, known), there) << "seed " << seed;
      ASSERT_EQ(Sum(points, valid, known), there ? 1 : 0) << "seed " << seed;
    });
  }
}

TEST(MemberPresenceTest, ContributionsAddedOneByOneMakeTheSame) {
  for (uint64_t seed = 0; seed < 3'000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<TimedPresence> contributions = AnyContributions(true, &random);
    MemberPresence presence = MemberPresence::Of(contributions);
    for (const TimedPresence& added : AnyContributions(false, &random)) {
      const MemberPresence before = presence;
      const Instant known = added.presence.front().known;
      contributions.push_back(added);
      const bool changed = presence.Add(added.valid, known);
      ASSERT_EQ(changed, !before.Covers(added.valid, known)) << "seed " << seed;
      ASSERT_EQ(presence, MemberPresence::Of(contributions)) << "seed " << seed;
      ASSERT_EQ(changed, presence != before) << "seed " << seed;
    }
  }
}

TEST(MemberPresenceTest, TheDifferenceLeadsFromOneToTheOther) {
  for (uint64_t seed = 0; seed < 3'000; ++seed) {
    std::mt19937_64 random(seed);
    const MemberPresence before = MemberPresence::Of(AnyContributions(true, &random));
    const MemberPresence after = MemberPresence::Of(AnyContributions(true, &random));
    const Points difference = Difference(before, after);
    for (size_t i = 0; i < difference.size(); ++i) {
      ASSERT_NE(difference[i].weight, 0) << "seed " << seed;
      if (i == 0) continue;
      ASSERT_LT(std::tie(difference[i - 1].known, difference[i - 1].valid),
                std::tie(difference[i].known, difference[i].valid))
          << "seed " << seed;
    }
    AtAllCorners([&](Instant valid, Instant known) {
      ASSERT_EQ(Sum(difference, valid, known),
                after.IsThere(valid, known) - before.IsThere(valid, known))
          << "seed " << seed;
    });
  }
}

TEST(MemberPresenceTest, TheDifferenceIsWhatChangedAndNoMore) {
  MemberPresence before;
  before.Add({5}, {10});
  before.Add({4}, {20});
  EXPECT_THAT(Difference(before, before), IsEmpty());
  MemberPresence after = before;
  after.Add({2}, {30});
  EXPECT_THAT(Difference(before, after),
              ElementsAre(PresencePoint{{2}, {30}, 1}, PresencePoint{{4}, {30}, -1}));
  EXPECT_THAT(Difference(MemberPresence(), after), UnorderedElementsAreArray(after.Points()));
}

MemberPresences AnyPresences(std::mt19937_64* random) {
  MemberPresences presences;
  presences.certain = MemberPresence::Of(AnyContributions(true, random));
  presences.possible =
      (*random)() % 2 == 0 ? presences.certain : MemberPresence::Of(AnyContributions(true, random));
  return presences;
}

TEST(MemberPresencesTest, GoldenBytes) {
  MemberPresences presences;
  presences.certain.Add({-5}, {100});
  presences.possible = presences.certain;
  EXPECT_EQ(absl::BytesToHexString(EncodePresences(presences)), "02c801d101");
  presences.certain = MemberPresence::Of({{{7}, {{{2}, 1}, {{4}, -1}}}});
  EXPECT_EQ(absl::BytesToHexString(EncodePresences(presences)),
            "05"
            "040a"
            "0002"
            "01"
            "c801d101");
  EXPECT_EQ(absl::BytesToHexString(EncodePresences({})), "00");
}

TEST(MemberPresencesTest, AnExactContributionTakesFewBytes) {
  MemberPresences presences;
  presences.certain.Add({1'740'000'000'000'000}, {1'767'623'641'123'457});
  presences.possible = presences.certain;
  EXPECT_LE(EncodePresences(presences).size(), 16);
}

TEST(MemberPresencesTest, ComeBackAsTheyWere) {
  for (uint64_t seed = 0; seed < 5'000; ++seed) {
    std::mt19937_64 random(seed);
    const MemberPresences presences = AnyPresences(&random);
    ASSERT_THAT(DecodePresences(EncodePresences(presences)), IsOkAndHolds(presences))
        << "seed " << seed;
  }
}

TEST(MemberPresencesTest, WhatIsCutOffOrTooLongIsDataLoss) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    const std::string bytes = EncodePresences(AnyPresences(&random));
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_EQ(DecodePresences(bytes.substr(0, size)).status().code(), kDataLoss)
          << "seed " << seed << ", " << size << " bytes";
    }
    ASSERT_THAT(DecodePresences(bytes + "x"), StatusIs(kDataLoss, HasSubstr("longer")))
        << "seed " << seed;
  }
}

TEST(MemberPresencesTest, DamagedBytesAreDataLossOrAnotherPresence) {
  for (uint64_t seed = 0; seed < 20'000; ++seed) {
    std::mt19937_64 random(seed);
    std::string bytes = EncodePresences(AnyPresences(&random));
    bytes[random() % bytes.size()] = static_cast<char>(random());
    const absl::StatusOr<MemberPresences> decoded = DecodePresences(bytes);
    if (!decoded.ok()) {
      ASSERT_EQ(decoded.status().code(), kDataLoss) << "seed " << seed;
      continue;
    }
    ASSERT_THAT(DecodePresences(EncodePresences(*decoded)), IsOkAndHolds(*decoded))
        << "seed " << seed;
  }
}

TEST(MemberPresencesTest, StepsThatAreNoneAreDataLoss) {
  const auto decode = [](absl::string_view hex) {
    return DecodePresences(absl::HexStringToBytes(hex));
  };
  ASSERT_OK_AND_ASSIGN(const MemberPresences two, decode("0402020102"));
  EXPECT_THAT(two.certain.steps(), ElementsAre(Step{{1}, Instant{2}}, Step{{2}, Instant{3}}));
  for (const absl::string_view hex : {
           "0402020100",                    // The same again.
           "06020200010001",                // Never, and again never.
           "040202000002",                  // Another at the same instant.
           "04feffffffffffffffff01020102",  // One after the end of time.
           "030202010202",                  // Worlds that should differ.
           "7e0202",                        // More steps than bytes.
       }) {
    EXPECT_THAT(decode(hex), StatusIs(kDataLoss, HasSubstr("steps that aren't any"))) << hex;
  }
}

}  // namespace
}  // namespace annals
