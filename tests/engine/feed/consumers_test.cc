#include "engine/feed/consumers.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/feed/consumer_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::ConsumerFixture;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConsumersTest : public ConsumerFixture {
 protected:
  static v1::Consumer Named(const std::string& name, const std::string& timeline = "t") {
    v1::Consumer settings;
    settings.set_timeline(timeline);
    settings.set_name(name);
    return settings;
  }

  std::vector<std::string> Listed(const std::string& timeline = "t") {
    const auto statuses = consumers().List(timeline);
    EXPECT_OK(statuses);
    std::vector<std::string> listed;
    for (const v1::ConsumerStatus& status : *statuses) {
      listed.push_back(absl::StrCat(status.consumer().name(), " ", status.lag()));
    }
    return listed;
  }
};

TEST_F(ConsumersTest, FillsInDefaults) {
  ASSERT_OK_AND_ASSIGN(const v1::Consumer made, consumers().Create(Named("c")));
  EXPECT_EQ(made.visibility_ms(), 30'000);
  EXPECT_EQ(made.max_deliveries(), 5);
  EXPECT_EQ(made.window(), 1'000);
}

TEST_F(ConsumersTest, ListsThemByNameWithTheirLag) {
  AppendTo({"s", "s"});
  v1::Consumer later = Named("a");
  later.set_after(2);
  ASSERT_OK(consumers().Create(Named("b")));
  ASSERT_OK(consumers().Create(later));
  EXPECT_THAT(Listed(), ElementsAre("a 1", "b 3"));
}

TEST_F(ConsumersTest, KeepsTimelinesApart) {
  ASSERT_OK(log().Append({.timeline = "u", .events = {testing::MakeTimeline()}}));
  ASSERT_OK(consumers().Create(Named("c", "t")));
  ASSERT_OK(consumers().Create(Named("c", "u")));
  ASSERT_OK(consumers().Delete("u", "c"));
  EXPECT_THAT(Listed("t"), ElementsAre("c 1"));
  EXPECT_THAT(Listed("u"), IsEmpty());
  ReopenAll();
  EXPECT_THAT(Listed("t"), ElementsAre("c 1"));
  EXPECT_THAT(Listed("u"), IsEmpty());
}

TEST_F(ConsumersTest, MakingTheSameOneTwiceChangesNothing) {
  AppendTo({"s"});
  const auto consumer = Consumer(Named("c"));
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(1, 2));
  ASSERT_OK(consumer->Ack("m", {{1}, {2}}));
  ASSERT_OK(consumers().Create(Named("c")));
  EXPECT_THAT(Listed(), ElementsAre("c 0"));
  v1::Consumer other = Named("c");
  other.set_window(7);
  EXPECT_THAT(consumers().Create(other),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("other settings")));
}

TEST_F(ConsumersTest, ADeletedOneIsGoneAndItsNameFree) {
  AppendTo({"s", "s2"});
  const auto consumer = Consumer(Named("c"));
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(1, 2, 3));
  ASSERT_OK(consumer->Nack("m", {{2}}, {.reason = "parked"}));
  ASSERT_OK(consumers().Delete("t", "c"));
  EXPECT_THAT(consumer->Fetch("m", {}), StatusIs(StatusCode::kNotFound, HasSubstr("deleted")));
  EXPECT_THAT(consumers().Find("t", "c"), StatusIs(StatusCode::kNotFound, HasSubstr("has none")));
  const auto anew = Consumer(Named("c"));
  EXPECT_EQ(anew->Status(Position{3})->parked(), 0);
  EXPECT_THAT(Positions(anew->Fetch("m", {})), ElementsAre(1, 2, 3));
}

TEST_F(ConsumersTest, SaysWhatThereIsWhenAskedForWhatIsNot) {
  ASSERT_OK(consumers().Create(Named("mirror")));
  EXPECT_THAT(consumers().Find("t", "mirrror"),
              StatusIs(StatusCode::kNotFound, HasSubstr("there is mirror")));
  EXPECT_THAT(consumers().Delete("t", "x"), StatusIs(StatusCode::kNotFound, HasSubstr("\"x\"")));
  EXPECT_THAT(consumers().List("elsewhere"),
              StatusIs(StatusCode::kNotFound, HasSubstr("elsewhere")));
}

TEST_F(ConsumersTest, RefusesWhatCannotBe) {
  for (const std::string& name : {std::string(), std::string("A"), std::string("a/b"),
                                  std::string("a b"), std::string(101, 'a')}) {
    EXPECT_THAT(consumers().Create(Named(name)),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("name is 1 to 100")));
  }
  EXPECT_THAT(consumers().Create(Named("c", "elsewhere")),
              StatusIs(StatusCode::kNotFound, HasSubstr("elsewhere")));
  v1::Consumer settings = Named("c");
  settings.set_after(2);
  EXPECT_THAT(consumers().Create(settings),
              StatusIs(StatusCode::kOutOfRange, HasSubstr("beyond the head, 1")));
  settings = Named("c");
  settings.set_window(10'001);
  EXPECT_THAT(consumers().Create(settings),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("window is 10001")));
  settings = Named("c");
  settings.mutable_filter()->add_types("");
  EXPECT_THAT(consumers().Create(settings),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("filter.types")));
  EXPECT_THAT(Listed(), IsEmpty());
}

}  // namespace
}  // namespace annals
