#include "engine/query/verbs/why.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::CrewListed;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::annals::testing::WreckFound;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Places(const v1::CellReason& cell) {
  std::vector<std::string> places;
  for (const v1::Reason& reason : cell.reasons()) {
    places.push_back(absl::StrCat(reason.world() == v1::CERTAIN ? "certain:" : "possible:",
                                  reason.event().position()));
  }
  return places;
}

class WhyTest : public annals::testing::SeaTest {
 protected:
  std::vector<v1::WhyResult> Ask(const std::string& view, const Key& key,
                                 const AsOfQuestion& question, uint64_t after = 0,
                                 size_t limit = 100) {
    const auto result = engine_.Why("sea", view, key, Pin(question), Position{after}, limit);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : std::vector<v1::WhyResult>();
  }
};

TEST_F(WhyTest, GivesTheWholeEventsBehindEachCell) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  Record(CrewListed("rose", {"ann"}, {"2031-01-02", "2031-01-03"}));
  Record(WreckFound("star", true, {"2031-01-02", "2031-01-03"}));
  const std::vector<v1::WhyResult> results = Ask("ships", {"rose"}, {});
  ASSERT_EQ(results.size(), 1);
  const v1::WhyResult& rose = results[0];
  EXPECT_EQ(rose.key().at("ship"), "rose");
  EXPECT_EQ(rose.as_of().position(), 3);
  ASSERT_EQ(rose.cells_size(), 4);
  EXPECT_EQ(rose.cells(0).column(), "sunk");
  EXPECT_THAT(Places(rose.cells(0)), ElementsAre("certain:1", "possible:1"));
  EXPECT_EQ(rose.cells(0).reasons(0).event().stream(), "ship/rose");
  EXPECT_TRUE(rose.cells(0).reasons(0).event().has_payload());
  EXPECT_THAT(Places(rose.cells(1)), ElementsAre("certain:2", "possible:2"));
  EXPECT_EQ(rose.cells(3).column(), "intact");
  EXPECT_FALSE(rose.cells(3).has_certain());
  EXPECT_THAT(rose.cells(3).reasons(), IsEmpty());
}

TEST_F(WhyTest, PagesGiveEachEventOnceThoughTheWorldsDiffer) {
  // The certain world holds every third event, the possible world all of them.
  for (int i = 1; i <= 20; ++i) {
    const std::string occurred = i % 3 == 0 ? "2031-01-02" : "[2031-01-02..2031-12-01]";
    Record(ShipSunk("rose", "baltic", 1, 1, {occurred, ""}));
  }
  std::vector<std::string> seen;
  uint64_t after = 0;
  int pages = 0;
  do {
    const auto results = Ask("losses", {"baltic"}, {.valid = "2031-06-01"}, after, 4);
    ASSERT_EQ(results.size(), 1);
    const v1::CellReason& cell = results[0].cells(0);
    EXPECT_EQ(cell.certain().quantity().lower(), 6) << "the value is the same on every page";
    for (const std::string& place : Places(cell)) seen.push_back(place);
    after = cell.more_after();
    ASSERT_LE(++pages, 20);
  } while (after != 0);
  EXPECT_EQ(pages, 5);
  std::vector<std::string> expected;
  for (int i = 1; i <= 20; ++i) {
    if (i % 3 == 0) expected.push_back(absl::StrCat("certain:", i));
    expected.push_back(absl::StrCat("possible:", i));
  }
  EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(WhyTest, APageThatHoldsEverythingSaysSo) {
  Record(ShipSunk("rose", "baltic", 1, 1, {"2031-01-02", ""}));
  Record(ShipSunk("rose", "baltic", 1, 1, {"2031-01-02", ""}));
  EXPECT_EQ(Ask("losses", {"baltic"}, {}, 0, 2)[0].cells(0).more_after(), 0);
  EXPECT_EQ(Ask("losses", {"baltic"}, {}, 0, 1)[0].cells(0).more_after(), 1);
  const size_t all = std::numeric_limits<size_t>::max();
  EXPECT_EQ(Ask("losses", {"baltic"}, {}, 0, all)[0].cells(0).reasons_size(), 4);
  EXPECT_THAT(Ask("losses", {"baltic"}, {}, 2, 1)[0].cells(0).reasons(), IsEmpty());
}

TEST_F(WhyTest, APrefixOfSeveralKeysGivesSeveralRows) {
  Record(ShipSunk("rose", "baltic", 1, 1, {"2031-01-02", ""}));
  Record(ShipSunk("star", "north", 1, 1, {"2031-01-02", ""}));
  const auto results = Ask("losses", {}, {});
  ASSERT_EQ(results.size(), 2);
  EXPECT_EQ(results[0].key().at("sea"), "baltic");
  EXPECT_EQ(results[1].key().at("sea"), "north");
}

TEST_F(WhyTest, AnUnknownKeyIsAnsweredWithTheKeysThatAreNear) {
  for (const char* sea : {"baltic", "north", "south"}) {
    Record(ShipSunk("rose", sea, 1, 1, {"2031-01-02", ""}));
  }
  EXPECT_THAT(engine_.Why("sea", "losses", {"Báltik"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kNotFound,
                       "timeline \"sea\", view \"losses\": there is no row \"Báltik\"; near it "
                       "are \"baltic\""));
  EXPECT_THAT(engine_.Why("sea", "losses", {"out"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("near it are \"south\"")));
  EXPECT_THAT(engine_.Why("sea", "losses", {"mediterranean"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("of 3 rows, all are \"baltic\", \"north\", \"south\"")));
}

TEST_F(WhyTest, NoMoreThanTenKeysAreListed) {
  for (int i = 10; i < 25; ++i) {
    Record(ShipSunk("rose", absl::StrCat("sea-", i), 1, 1, {"2031-01-02", ""}));
  }
  EXPECT_THAT(
      engine_.Why("sea", "losses", {"sea-1"}, Pin({}), {}, 1),
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("\"sea-10\""), HasSubstr("\"sea-19\""),
                                                  Not(HasSubstr("\"sea-20\"")))));
  EXPECT_THAT(
      engine_.Why("sea", "losses", {"atlantis"}, Pin({}), {}, 1),
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("of 15 rows, the first are \"sea-10\""),
                                                  Not(HasSubstr("\"sea-20\"")))));
}

TEST_F(WhyTest, AViewWithoutRowsSaysSo) {
  EXPECT_THAT(engine_.Why("sea", "losses", {"baltic"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("the view has no rows as of then")));
  EXPECT_THAT(Ask("losses", {}, {}), IsEmpty());
}

TEST_F(WhyTest, RefusesAKeyThatIsTooLongAndAnEmptyPage) {
  EXPECT_THAT(engine_.Why("sea", "losses", {"baltic", "rose"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("the key \"baltic\" \"rose\" has 2 elements; the view's keys "
                                 "have 1: \"sea\"")));
  EXPECT_THAT(engine_.Why("sea", "losses", {"baltic"}, Pin({}), {}, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the limit is 0")));
}

}  // namespace
}  // namespace annals
