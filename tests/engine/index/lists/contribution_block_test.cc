#include "engine/index/lists/contribution_block.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "engine/base/quantity.h"
#include "engine/index/index_row.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

using Contributions = std::vector<StatedContribution>;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kNow = 1'767'623'641'123'457;  // 2026-01-05.

// From a copy on the heap of just that length, so that a sanitizer sees a read outside.
absl::StatusOr<Contributions> Decode(absl::string_view bytes) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  ContributionBlockReader reader(absl::string_view(copy.data(), copy.size()));
  Contributions contributions;
  while (reader.Next()) {
    contributions.push_back(
        {reader.event(), reader.ordinal(), reader.times(), std::string(reader.content())});
  }
  if (!reader.status().ok()) return reader.status();
  return contributions;
}

TimeBounds Exactly(int64_t micros) { return {{micros}, {micros}}; }

int64_t Uniform(int64_t least, int64_t most, std::mt19937_64* random) {
  return std::uniform_int_distribution<int64_t>(least, most)(*random);
}

std::string SmallQuantity(std::mt19937_64* random) {
  return EncodeQuantity(Quantity::Exactly(Uniform(1, 60, random)));
}

// A group's block of a tally: `occurred` and `known` make the bounds of the event
// that is `now` at the earliest.
template <typename Occurred, typename Known>
Contributions TallyBlock(std::mt19937_64* random, Occurred occurred, Known known) {
  Contributions contributions;
  uint64_t event = 1'000'000;
  int64_t now = kNow;
  for (int i = 0; i < 300; ++i) {
    event += Uniform(100, 300, random);
    now += Uniform(2 * kSecond, 120 * kSecond, random);
    const TimeBounds at = known(now);
    contributions.push_back(
        {.event = {event}, .times = {occurred(at), at}, .content = SmallQuantity(random)});
  }
  return contributions;
}

double BytesEach(const Contributions& contributions) {
  return static_cast<double>(EncodeContributionBlock(contributions).size()) / contributions.size();
}

TEST(ContributionBlockTest, GoldenBytes) {
  const Contributions contributions = {
      {{300}, 0, {Exactly(5 * kDay), Exactly(6 * kDay + 3)}, "a"},
      {{300}, 1, {{{5 * kDay}, {6 * kDay - 1}}, {{5 * kDay}, {6 * kDay + 3}}}, "a"},
      {{304}, 0, {{Instant::Beginning(), {7 * kDay}}, Exactly(7 * kDay)}, "bcd"}};
  EXPECT_EQ(absl::BytesToHexString(EncodeContributionBlock(contributions)),
            "010f03"
            "01d804030001"
            "a1000102"
            "a10a260360d71d14000000000000ecba8302"
            "178880e2b0961e02"
            "08b70a020a"
            "b70c0218"
            "0235"
            "6161626364");
}

TEST(ContributionBlockTest, ExactContributionsTakeFewBytes) {
  std::mt19937_64 random(1);
  const Contributions contributions = TallyBlock(
      &random,
      [&](TimeBounds) {
        return Exactly(kSecond * (1'735'689'600 + Uniform(0, 31'536'000, &random)));
      },
      [](int64_t now) { return Exactly(now); });
  EXPECT_LE(BytesEach(contributions), 9.2);
}

TEST(ContributionBlockTest, WholeDaysTakeFewBytesWhereverMidnightIs) {
  for (const int64_t midnight : {int64_t{0}, 4 * kHour}) {
    std::mt19937_64 random(2);
    const Contributions contributions = TallyBlock(
        &random,
        [&](TimeBounds) {
          const int64_t day = (20'000 + Uniform(0, 364, &random)) * kDay + midnight;
          return TimeBounds{{day}, {day + kDay - 1}};
        },
        [](int64_t now) { return Exactly(now); });
    EXPECT_LE(BytesEach(contributions), 8.4) << midnight;
  }
}

TEST(ContributionBlockTest, LateNewsTakesFewBytes) {
  std::mt19937_64 random(3);
  const Contributions contributions = TallyBlock(
      &random, [&](TimeBounds known) { return Exactly((known.latest.micros / kDay - 1) * kDay); },
      [&](int64_t now) {
        return Exactly((now - Uniform(0, 365 * kDay, &random)) / kSecond * kSecond);
      });
  EXPECT_LE(BytesEach(contributions), 6.5);
}

TEST(ContributionBlockTest, UnstatedDatesCostLittle) {
  std::mt19937_64 random(4);
  const Contributions contributions = TallyBlock(
      &random,
      [](TimeBounds known) {
        return TimeBounds{Instant::Beginning(), known.latest};
      },
      [](int64_t now) { return Exactly(now); });
  EXPECT_LE(BytesEach(contributions), 6.0);
}

TEST(ContributionBlockTest, ASingleContributionTakesFewBytes) {
  EXPECT_LE(BytesEach({{{3'000'000}, 0, {Exactly(kNow / kSecond * kSecond), Exactly(kNow)}, "x"}}),
            28);
}

// Which values a random block takes.
struct Shape {
  size_t count;
  int event_steps;  // 0: small, 1: large, 2: anything.
  int ordinals;     // 0: none, 1: some, 2: large.
  int occurred;     // See RandomBounds.
  int known;
  int contents;  // 0: nothing, 1: one length, 2: few, 3: of any length.
};

int64_t RandomMicros(int kind, std::mt19937_64* random) {
  switch (kind) {
    case 0:
      return kNow + Uniform(0, 3'600, random) * kSecond;
    case 1:
      return Uniform(0, 700, random) * kDay + 4 * kHour;
    case 2:
      return Uniform(-5, 5, random);
    case 3:
      return kNow;
    default:
      return static_cast<int64_t>((*random)());
  }
}

TimeBounds RandomBounds(int kind, Instant other, std::mt19937_64* random) {
  if (kind == 6) kind = static_cast<int>(Uniform(0, 5, random));
  if (kind < 5) {
    const int64_t a = RandomMicros(kind, random);
    const int64_t b = Uniform(0, 2, random) == 0 ? a : RandomMicros(kind, random);
    return {{std::min(a, b)}, {std::max(a, b)}};
  }
  const std::vector<Instant> corners = {Instant::Beginning(), {kLeast + 1},   {-1}, {0}, {kDay - 1},
                                        {kGreatest - 1},      Instant::End(), other};
  const Instant a = corners[Uniform(0, corners.size() - 1, random)];
  const Instant b = corners[Uniform(0, corners.size() - 1, random)];
  return {std::min(a, b), std::max(a, b)};
}

std::string RandomContent(int kind, std::mt19937_64* random) {
  if (kind == 0) return "";
  if (kind == 1) return absl::StrCat(10'000'000 + Uniform(0, 80'000'000, random));
  if (kind == 2) return std::string(Uniform(0, 3, random), 'x');
  return std::string(Uniform(0, 90, random), static_cast<char>(Uniform(0, 255, random)));
}

Contributions RandomBlock(const Shape& shape, std::mt19937_64* random) {
  Contributions contributions;
  const int64_t most_step = shape.event_steps == 0 ? 3 : int64_t{1} << (shape.event_steps * 20);
  StatedContribution next = {.event = {1}};
  if (shape.event_steps == 2) next.event.value = (uint64_t{1} << 63) - 1'000 * most_step;
  for (size_t i = 0; i < shape.count; ++i) {
    if (shape.ordinals > 0 && Uniform(0, 2, random) != 0) {
      next.ordinal += shape.ordinals == 1 ? 1 : Uniform(1, 20'000'000, random);
    } else {
      next.event.value += Uniform(1, most_step, random);
      next.ordinal = 0;
    }
    next.times.known = RandomBounds(shape.known, Instant::End(), random);
    next.times.occurred = RandomBounds(shape.occurred, next.times.known.latest, random);
    next.content = RandomContent(shape.contents, random);
    contributions.push_back(next);
  }
  return contributions;
}

Shape RandomShape(std::mt19937_64* random) {
  return {.count = static_cast<size_t>(Uniform(1, Uniform(0, 9, random) == 0 ? 600 : 9, random)),
          .event_steps = static_cast<int>(Uniform(0, 2, random)),
          .ordinals = static_cast<int>(Uniform(0, 2, random)),
          .occurred = static_cast<int>(Uniform(0, 6, random)),
          .known = static_cast<int>(Uniform(0, 6, random)),
          .contents = static_cast<int>(Uniform(0, 3, random))};
}

TEST(ContributionBlockTest, BlocksOfAllShapesComeBackAsTheyWere) {
  for (uint64_t seed = 0; seed < 4'000; ++seed) {
    std::mt19937_64 random(seed);
    const Contributions contributions = RandomBlock(RandomShape(&random), &random);
    ASSERT_THAT(Decode(EncodeContributionBlock(contributions)), IsOkAndHolds(contributions))
        << "seed " << seed;
  }
}

TEST(ContributionBlockTest, TheLimitsOfAllNumbersComeBack) {
  const EventTimes all = {{Instant::Beginning(), Instant::End()},
                          {Instant::Beginning(), Instant::End()}};
  const EventTimes nearly = {{{kLeast + 1}, {kGreatest - 1}}, {{kLeast + 1}, {kGreatest - 1}}};
  const EventTimes ends = {{Instant::End(), Instant::End()},
                           {Instant::Beginning(), Instant::Beginning()}};
  const Contributions contributions = {
      {{1}, 0, all, ""},
      {{1}, std::numeric_limits<uint32_t>::max(), nearly, std::string(1'000, '\0')},
      {{uint64_t{1} << 63}, 0, ends, ""},
      {Position::Max(), 7, all, "x"}};
  EXPECT_THAT(Decode(EncodeContributionBlock(contributions)), IsOkAndHolds(contributions));
}

TEST(ContributionBlockTest, ContentsLiveAsLongAsTheBytes) {
  const std::string bytes = EncodeContributionBlock(
      {{{1}, 0, {Exactly(1), Exactly(1)}, "first"}, {{2}, 0, {Exactly(1), Exactly(1)}, "2nd"}});
  absl::string_view content;
  {
    ContributionBlockReader reader(bytes);
    EXPECT_EQ(reader.count(), 2);
    ASSERT_TRUE(reader.Next());
    content = reader.content();
    ASSERT_TRUE(reader.Next());
    ASSERT_FALSE(reader.Next());
  }
  EXPECT_EQ(content, "first");
  EXPECT_TRUE(content.data() >= bytes.data() && content.data() < bytes.data() + bytes.size());
}

TEST(ContributionBlockTest, WhatIsCutOffOrTooLongIsDataLoss) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const std::string bytes = EncodeContributionBlock(RandomBlock(RandomShape(&random), &random));
    for (size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 17) {
      ASSERT_EQ(Decode(bytes.substr(0, size)).status().code(), kDataLoss)
          << "seed " << seed << ", " << size << " of " << bytes.size() << " bytes";
    }
    ASSERT_EQ(Decode(bytes + '\0').status().code(), kDataLoss) << "seed " << seed;
  }
}

void ExpectDataLossOrAscending(absl::string_view bytes) {
  const absl::StatusOr<Contributions> decoded = Decode(bytes);
  if (!decoded.ok()) {
    ASSERT_EQ(decoded.status().code(), kDataLoss);
    return;
  }
  ASSERT_LE(decoded->size(), kMaxBlockContributions);
  for (size_t i = 0; i < decoded->size(); ++i) {
    const StatedContribution& c = (*decoded)[i];
    ASSERT_GT(c.event.value, 0);
    ASSERT_LE(c.times.occurred.earliest, c.times.occurred.latest);
    ASSERT_LE(c.times.known.earliest, c.times.known.latest);
    if (i == 0) continue;
    const StatedContribution& before = (*decoded)[i - 1];
    ASSERT_LT(std::make_pair(before.event, before.ordinal), std::make_pair(c.event, c.ordinal));
  }
}

TEST(ContributionBlockTest, DamagedBytesAreDataLossOrAnotherBlock) {
  for (uint64_t seed = 0; seed < 20'000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    std::string bytes = EncodeContributionBlock(RandomBlock(RandomShape(&random), &random));
    const int64_t reach = Uniform(0, 1, &random) == 0 ? 60 : static_cast<int64_t>(bytes.size());
    for (int64_t flips = Uniform(1, 4, &random); flips > 0; --flips) {
      const size_t at = Uniform(0, std::min<int64_t>(reach, bytes.size()) - 1, &random);
      bytes[at] = static_cast<char>(random());
    }
    ASSERT_NO_FATAL_FAILURE(ExpectDataLossOrAscending(bytes));
  }
}

TEST(ContributionBlockTest, ErrorsSayWhatIsWrong) {
  const std::string bytes = EncodeContributionBlock(
      {{{7}, 0, {Exactly(1), Exactly(1)}, ""}, {{7}, 1, {Exactly(1), Exactly(1)}, ""}});
  EXPECT_THAT(Decode(""), StatusIs(kDataLoss, HasSubstr("no head")));
  EXPECT_THAT(Decode("\x02" + bytes.substr(1)), StatusIs(kDataLoss, HasSubstr("no head")));
  std::string none = bytes;
  none[2] = 0;
  EXPECT_THAT(Decode(none), StatusIs(kDataLoss, HasSubstr("none or too many")));
  EXPECT_THAT(Decode(bytes.substr(0, bytes.size() - 1)),
              StatusIs(kDataLoss, HasSubstr("isn't as long")));
  // Without the ordinals' column, both are the event's first contribution.
  const std::string equal = EncodeContributionBlock(
      {{{7}, 0, {Exactly(1), Exactly(1)}, ""}, {{8}, 0, {Exactly(1), Exactly(1)}, ""}});
  std::string same_event = equal;
  ASSERT_EQ(same_event.substr(3, 4), std::string("\x02\x0e\x02\x00", 4));
  same_event[5] = 0;  // The step from one event to the next.
  EXPECT_THAT(Decode(same_event), StatusIs(kDataLoss, HasSubstr("out of order")));
}

}  // namespace
}  // namespace annals
