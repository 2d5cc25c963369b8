// The verbs that ask what views say.

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(StoreServiceTest, PinsWhatAQuestionLeavesOut) {
  TellOfTwoShips();
  auto request = Asked<v1::PinRequest>();
  request.mutable_as_of()->set_valid("2031-03");
  request.mutable_as_of()->set_known("now");
  ASSERT_OK_AND_ASSIGN(const v1::PinResponse pinned, service().Pin(request));
  EXPECT_EQ(pinned.as_of().valid(), "2031-03-31T23:59:59.999999+02:00");
  EXPECT_THAT(pinned.as_of().known(), StartsWith("2032-01-01T01:00:00.000"));
  EXPECT_EQ(pinned.as_of().position(), 6);

  request.mutable_as_of()->set_valid(pinned.as_of().valid());
  request.mutable_as_of()->set_known(pinned.as_of().known());
  request.mutable_as_of()->set_position(pinned.as_of().position());
  ASSERT_OK_AND_ASSIGN(const v1::PinResponse again, service().Pin(request));
  EXPECT_TRUE(MessageDifferencer::Equals(again, pinned));

  request.mutable_as_of()->set_valid("");
  EXPECT_THAT(service().Pin(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("valid: ")));
  request.mutable_as_of()->set_valid("1931");
  request.mutable_as_of()->set_position(7);
  EXPECT_THAT(service().Pin(request), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("7")));
}

TEST_F(StoreServiceTest, AsOfAnswersEveryViewAtOneMoment) {
  TellOfTwoShips();
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse all, service().AsOf(Asked<v1::AsOfRequest>()));
  ASSERT_EQ(all.views_size(), 2);
  EXPECT_EQ(all.views(0).view(), "ships");
  EXPECT_EQ(all.views(1).view(), "losses");
  for (const v1::ViewResult& view : all.views()) {
    EXPECT_TRUE(MessageDifferencer::Equals(view.as_of(), all.as_of()));
  }
}

TEST_F(StoreServiceTest, AnAnswerAskedForByItsEchoIsTheSame) {
  TellOfTwoShips();
  auto request = Asked<v1::AsOfRequest>();
  request.add_views("losses");
  request.mutable_as_of()->set_known("1931-04");
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse first, service().AsOf(request));
  ASSERT_EQ(first.views_size(), 1);
  ASSERT_EQ(first.views(0).rows_size(), 2);
  EXPECT_EQ(first.views(0).rows(1).cells().at("lost").certain().quantity().lower(), 20);

  ASSERT_OK(Append({ShipSunk("gull", "north", 3, 3, {"1931-01-05", "1931-01-06"})}));
  request.mutable_as_of()->set_valid(first.as_of().valid());
  request.mutable_as_of()->set_known(first.as_of().known());
  request.mutable_as_of()->set_position(first.as_of().position());
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse again, service().AsOf(request));
  EXPECT_TRUE(MessageDifferencer::Equals(again, first));
}

TEST_F(StoreServiceTest, OneWorldLeavesTheOtherOut) {
  TellOfTwoShips();
  auto request = Asked<v1::AsOfRequest>();
  request.add_views("losses");
  request.mutable_as_of()->set_valid("1931-02-25");
  request.mutable_as_of()->set_known("1931-04");
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse both, service().AsOf(request));
  ASSERT_EQ(both.views(0).rows_size(), 2) << "the rose may have been lost by then";
  EXPECT_EQ(both.views(0).world(), v1::WORLD_UNSPECIFIED);

  request.set_world(v1::CERTAIN);
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse certain, service().AsOf(request));
  EXPECT_EQ(certain.views(0).world(), v1::CERTAIN);
  ASSERT_EQ(certain.views(0).rows_size(), 1);
  const v1::Cell& channel = certain.views(0).rows(0).cells().at("lost");
  EXPECT_EQ(channel.certain().quantity().lower(), 8);
  EXPECT_FALSE(channel.has_possible());
  ASSERT_EQ(channel.evidence_size(), 1);
  EXPECT_EQ(channel.evidence(0).world(), v1::CERTAIN);

  request.set_world(v1::POSSIBLE);
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse possible, service().AsOf(request));
  ASSERT_EQ(possible.views(0).rows_size(), 2);
  EXPECT_FALSE(possible.views(0).rows(0).cells().at("lost").has_certain());
  EXPECT_EQ(possible.views(0).rows(1).cells().at("lost").possible().quantity().upper(), 30);
}

TEST_F(StoreServiceTest, EvidenceIsBounded) {
  TellOfTwoShips();
  auto request = Asked<v1::AsOfRequest>();
  request.add_views("losses");
  request.set_max_evidence(0);
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse none, service().AsOf(request));
  EXPECT_EQ(none.views(0).rows(0).cells().at("lost").evidence_size(), 0);
  request.set_max_evidence(1'001);
  EXPECT_THAT(service().AsOf(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`max_evidence` is 1001")));
}

TEST_F(StoreServiceTest, QuestionsNameTheViewsThereAre) {
  TellOfTwoShips();
  const auto unknown = StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean \"losses\"?"));
  auto as_of = Asked<v1::AsOfRequest>();
  as_of.add_views("loses");
  EXPECT_THAT(service().AsOf(as_of), unknown);
  auto diff = Asked<v1::DiffRequest>();
  diff.add_views("loses");
  EXPECT_THAT(service().Diff(diff), unknown);
  auto history = Asked<v1::HistoryRequest>();
  history.set_view("loses");
  history.set_from("1931");
  history.set_to("1931");
  EXPECT_THAT(service().History(history), unknown);
  auto why = Asked<v1::WhyRequest>();
  why.set_view("loses");
  EXPECT_THAT(service().Why(why), unknown);
  auto explain = Asked<v1::ExplainRequest>();
  explain.set_view("loses");
  EXPECT_THAT(service().Explain(explain), unknown);
}

TEST_F(StoreServiceTest, ADiffTakesNowOnce) {
  TellOfTwoShips();
  auto request = Asked<v1::DiffRequest>();
  request.mutable_from()->set_valid("1931-02-21");
  request.mutable_to()->set_known("now");
  ASSERT_OK_AND_ASSIGN(const v1::DiffResponse response, service().Diff(request));
  EXPECT_EQ(response.from().known(), response.to().known());
  ASSERT_EQ(response.diffs_size(), 2);
  EXPECT_EQ(response.diffs(1).view(), "losses");
  ASSERT_GT(response.diffs(1).changes_size(), 0);
  for (const v1::Change& change : response.diffs(1).changes()) {
    EXPECT_EQ(change.cause(), v1::Change::WORLD_CHANGED) << "nothing was learned meanwhile";
  }
  request.mutable_from()->set_known("1931-04");
  request.add_views("losses");
  ASSERT_OK_AND_ASSIGN(const v1::DiffResponse learned, service().Diff(request));
  ASSERT_EQ(learned.diffs_size(), 1);
  EXPECT_EQ(learned.diffs(0).changes(learned.diffs(0).changes_size() - 1).cause(),
            v1::Change::LEARNED);
}

TEST_F(StoreServiceTest, AHistoryStepsAlongEitherAxis) {
  TellOfTwoShips();
  auto request = Asked<v1::HistoryRequest>();
  request.set_view("losses");
  request.set_from("1931-02-24");
  request.set_to("1931-02-26");
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult valid, service().History(request));
  ASSERT_EQ(valid.points_size(), 3) << "a day is the default step";
  EXPECT_EQ(valid.points(0).rows_size(), 1);
  EXPECT_EQ(valid.points(1).rows_size(), 2);

  request.set_axis(v1::HistoryRequest::KNOWN);
  request.set_from("1931-02");
  request.set_to("1931-06");
  request.set_step("1m");
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult known, service().History(request));
  ASSERT_EQ(known.points_size(), 5);
  EXPECT_EQ(known.points(0).rows_size(), 0) << "nobody knew in February";
  const auto rose = [&](int point) {
    return known.points(point).rows(1).cells().at("lost").certain().quantity().lower();
  };
  EXPECT_EQ(rose(2), 20);
  EXPECT_EQ(rose(4), 24);
}

TEST_F(StoreServiceTest, AHistoryRefusesStepsThatAreNone) {
  auto request = Asked<v1::HistoryRequest>();
  request.set_view("losses");
  request.set_from("1931-02");
  request.set_to("1931-03");
  request.set_step("1x");
  EXPECT_THAT(service().History(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`step` \"1x\"")));
  request.set_step("1s");
  EXPECT_THAT(service().History(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 10000 steps")));
  request.set_step("1d");
  request.set_to("1931-01");
  EXPECT_THAT(service().History(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`to` lies before `from`")));
  request.clear_to();
  EXPECT_THAT(service().History(request), Not(IsOk()));
  request.set_to("1931-03");
  request.mutable_as_of()->set_valid("1931");
  EXPECT_THAT(service().History(request),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("`valid`")));
  request.mutable_as_of()->clear_valid();
  request.mutable_as_of()->set_known("now");
  EXPECT_OK(service().History(request));
  request.set_axis(v1::HistoryRequest::KNOWN);
  EXPECT_THAT(service().History(request),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("`known`")));
}

TEST_F(StoreServiceTest, WhyGivesTheEventsPageByPage) {
  TellOfTwoShips();
  ASSERT_OK(
      Append({WithId(ShipSunk("gull", "north", 3, 3, {"1931-01-05", "1931-01-06"}), "gull-lost")}));
  auto request = Asked<v1::WhyRequest>();
  request.set_view("losses");
  request.add_key("north");
  request.set_limit(1);
  ASSERT_OK_AND_ASSIGN(const v1::WhyResponse first, service().Why(request));
  EXPECT_EQ(first.as_of().position(), 7);
  ASSERT_EQ(first.reasons_size(), 1);
  EXPECT_EQ(first.reasons(0).cells(0).certain().quantity().lower(), 27);
  EXPECT_EQ(first.reasons(0).cells(0).reasons(0).event().id(), "rose-exact");
  request.set_after(first.reasons(0).cells(0).more_after());
  ASSERT_OK_AND_ASSIGN(const v1::WhyResponse second, service().Why(request));
  EXPECT_EQ(second.reasons(0).cells(0).reasons(0).event().id(), "gull-lost");
  EXPECT_EQ(second.reasons(0).cells(0).more_after(), 0);

  request.clear_key();
  request.clear_after();
  request.clear_limit();
  ASSERT_OK_AND_ASSIGN(const v1::WhyResponse all, service().Why(request));
  EXPECT_EQ(all.reasons_size(), 2) << "every row, of which no key is asked";
  request.set_limit(10'001);
  EXPECT_THAT(service().Why(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`limit` is 10001")));
  request.set_limit(1);
  request.add_key("nord");
  EXPECT_THAT(service().Why(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no row \"nord\"")));
}

TEST_F(StoreServiceTest, ExplainTellsWhatAViewReads) {
  TellOfTwoShips();
  auto request = Asked<v1::ExplainRequest>();
  request.set_view("losses");
  ASSERT_OK_AND_ASSIGN(const v1::ExplainResult view, service().Explain(request));
  EXPECT_EQ(view.as_of().position(), 6);
  ASSERT_GT(view.reads_size(), 0);
  EXPECT_EQ(view.reads(0).read(), "tallies");
  request.add_key("north");
  ASSERT_OK_AND_ASSIGN(const v1::ExplainResult row, service().Explain(request));
  EXPECT_GT(row.reads_size(), view.reads_size());
}

}  // namespace
}  // namespace annals::testing
