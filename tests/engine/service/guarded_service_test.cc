#include "engine/service/guarded_service.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/access/principal.h"
#include "engine/access/quotas.h"
#include "engine/feed/feed.h"
#include "engine/service/guarded_store.h"
#include "engine/service/question_cost.h"
#include "engine/service/stream_pass.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/access.pb.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::absl::StatusCode;
using ::testing::_;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PrincipalPtr Make(v1::Role role, const std::vector<std::string>& timelines) {
  v1::Token token;
  token.set_id(absl::StrCat(v1::Role_Name(role), " of ", timelines[0]));
  token.set_role(role);
  for (const std::string& timeline : timelines) token.add_timelines(timeline);
  return std::make_shared<const Principal>(std::move(token));
}

class GuardedServiceTest : public StoreServiceTest {
 protected:
  void SetUp() override {
    StoreServiceTest::SetUp();
    feed_ = std::make_unique<Feed>(&opened_.store().log(), Feed::Options{});
    guarded_ = {.service = &service(),
                .feed = feed_.get(),
                .queries = &opened_.store().queries(),
                .log = &opened_.store().log(),
                .quotas = &quotas_};
  }

  GuardedService As(PrincipalPtr principal) { return {&guarded_, std::move(principal)}; }

  FakeClock clock_{Instant{1'000'000'000}};
  Quotas quotas_{{.units_per_second = 10, .most_units = 100, .streams = 1}, &clock_};
  std::unique_ptr<Feed> feed_;
  GuardedStore guarded_;
  const PrincipalPtr reader_ = Make(v1::READER, {kSea});
  const PrincipalPtr writer_ = Make(v1::WRITER, {kSea});
  const PrincipalPtr admin_ = Make(v1::ADMIN, {kSea});
  const PrincipalPtr all_ = Make(v1::ADMIN, {std::string(kAllTimelines)});
  const PrincipalPtr stranger_ = Make(v1::ADMIN, {"lakes"});
};

// Every verb, with the least role that may ask it; an empty timeline is the store.
struct VerbCase {
  v1::Role role;
  std::string timeline;
  std::function<absl::Status(Service&)> ask;
};

std::map<std::string, VerbCase> AllVerbs() {
  std::map<std::string, VerbCase> verbs;
#define ANNALS_VERB(name, role, timeline, ...)       \
  verbs[#name] = {                                   \
    role,                                            \
    timeline,                                        \
    [](Service& service) {                           \
      const v1::name##Request request = __VA_ARGS__; \
      return service.name(request).status();         \
    }                                                \
  }
  ANNALS_VERB(GetTimeline, v1::READER, kSea, Asked<v1::GetTimelineRequest>());
  ANNALS_VERB(CreateTimeline, v1::ADMIN, kSea, Asked<v1::CreateTimelineRequest>());
  ANNALS_VERB(ListViews, v1::READER, kSea, Asked<v1::ListViewsRequest>());
  ANNALS_VERB(ListTypes, v1::READER, kSea, Asked<v1::ListTypesRequest>());
  ANNALS_VERB(GetStats, v1::READER, kSea, Asked<v1::GetStatsRequest>());
  ANNALS_VERB(Append, v1::WRITER, kSea, Asked<v1::AppendRequest>());
  ANNALS_VERB(GetEvent, v1::READER, kSea, Asked<v1::GetEventRequest>());
  ANNALS_VERB(ReadEvents, v1::READER, kSea, Asked<v1::ReadEventsRequest>());
  ANNALS_VERB(ListEvents, v1::READER, kSea, Asked<v1::ListEventsRequest>());
  ANNALS_VERB(GetCheckpoint, v1::READER, kSea, Asked<v1::GetCheckpointRequest>());
  ANNALS_VERB(ProveEvent, v1::READER, kSea, Asked<v1::ProveEventRequest>());
  ANNALS_VERB(ProveConsistency, v1::READER, kSea, Asked<v1::ProveConsistencyRequest>());
  ANNALS_VERB(Pin, v1::READER, kSea, Asked<v1::PinRequest>());
  ANNALS_VERB(AsOf, v1::READER, kSea, Asked<v1::AsOfRequest>());
  ANNALS_VERB(Diff, v1::READER, kSea, Asked<v1::DiffRequest>());
  ANNALS_VERB(History, v1::READER, kSea, Asked<v1::HistoryRequest>());
  ANNALS_VERB(Why, v1::READER, kSea, Asked<v1::WhyRequest>());
  ANNALS_VERB(Explain, v1::READER, kSea, Asked<v1::ExplainRequest>());
  ANNALS_VERB(Subscribe, v1::READER, kSea, Asked<v1::SubscribeRequest>());
  ANNALS_VERB(SubscribeView, v1::READER, kSea, Asked<v1::SubscribeViewRequest>());
  ANNALS_VERB(CreateConsumer, v1::WRITER, kSea, [] {
    v1::CreateConsumerRequest request;
    request.mutable_consumer()->set_timeline(kSea);
    return request;
  }());
  ANNALS_VERB(ListConsumers, v1::READER, kSea, Asked<v1::ListConsumersRequest>());
  ANNALS_VERB(DeleteConsumer, v1::WRITER, kSea, Asked<v1::DeleteConsumerRequest>());
  ANNALS_VERB(FetchDeliveries, v1::WRITER, kSea, Asked<v1::FetchDeliveriesRequest>());
  ANNALS_VERB(AckDeliveries, v1::WRITER, kSea, Asked<v1::AckDeliveriesRequest>());
  ANNALS_VERB(NackDeliveries, v1::WRITER, kSea, Asked<v1::NackDeliveriesRequest>());
  ANNALS_VERB(ListParkedEvents, v1::READER, kSea, Asked<v1::ListParkedEventsRequest>());
  ANNALS_VERB(ReplayParkedEvents, v1::WRITER, kSea, Asked<v1::ReplayParkedEventsRequest>());
  ANNALS_VERB(CreateToken, v1::ADMIN, "", v1::CreateTokenRequest());
  ANNALS_VERB(ListTokens, v1::ADMIN, "", v1::ListTokensRequest());
  ANNALS_VERB(RevokeToken, v1::ADMIN, "", v1::RevokeTokenRequest());
#undef ANNALS_VERB
  verbs["RebuildProjections"] = {v1::ADMIN, kSea, [](Service& service) {
                                   return service.RebuildProjections(
                                       Asked<v1::RebuildProjectionsRequest>(),
                                       [](const v1::RebuildProjectionsResponse&) {});
                                 }};
  return verbs;
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
}

TEST_F(GuardedServiceTest, EachVerbTakesItsRoleForItsTimeline) {
  guarded_.quotas = nullptr;
  for (const auto& [name, verb] : AllVerbs()) {
    const std::vector<std::pair<PrincipalPtr, v1::Role>> principals = {
        {reader_, v1::READER}, {writer_, v1::WRITER}, {admin_, v1::ADMIN}};
    for (const auto& [principal, role] : principals) {
      GuardedService service = As(principal);
      const bool may = role >= verb.role && !verb.timeline.empty();
      EXPECT_EQ(IsRefusal(verb.ask(service)), !may) << name << " by " << principal->id();
    }
    GuardedService of_all = As(all_);
    EXPECT_FALSE(IsRefusal(verb.ask(of_all))) << name;
    GuardedService of_another = As(stranger_);
    EXPECT_TRUE(absl::IsPermissionDenied(verb.ask(of_another))) << name;
    GuardedService of_nobody = As(Principal::Nobody());
    EXPECT_TRUE(absl::IsUnauthenticated(verb.ask(of_nobody))) << name;
    GuardedService of_this_machine = As(Principal::OfThisMachine());
    EXPECT_FALSE(IsRefusal(verb.ask(of_this_machine))) << name;
  }
}

TEST_F(GuardedServiceTest, KnowsEveryVerbOfTheService) {
  const google::protobuf::ServiceDescriptor* const timelines =
      v1::AsOfRequest::descriptor()->file()->FindServiceByName("Timelines");
  ASSERT_NE(timelines, nullptr);
  const std::map<std::string, VerbCase> verbs = AllVerbs();
  for (int i = 0; i < timelines->method_count(); ++i) {
    const std::string& name = timelines->method(i)->name();
    if (name == "ListTimelines") continue;  // Which anybody may ask.
    EXPECT_TRUE(verbs.contains(name)) << name << " has no role above";
  }
}

TEST_F(GuardedServiceTest, TheStoreAsAWholeTakesATokenForAllTimelines) {
  EXPECT_THAT(As(admin_).GetStats({}),
              StatusIs(StatusCode::kPermissionDenied, HasSubstr("takes one for \"*\"")));
  EXPECT_OK(As(all_).GetStats({}));
}

TEST_F(GuardedServiceTest, AWriterMakesNoTimelineByAppending) {
  auto request = Asked<v1::AppendRequest>("lakes");
  v1::Event* const event = request.add_events();
  event->set_stream("timeline");
  event->mutable_payload()->PackFrom(Creation("lakes", "Lakes").settings());
  EXPECT_THAT(As(Make(v1::WRITER, {"lakes"})).Append(request),
              StatusIs(StatusCode::kPermissionDenied, HasSubstr("an admin's")));
  EXPECT_OK(As(stranger_).Append(request));
}

TEST_F(GuardedServiceTest, ListsTheTimelinesThatOneMayReadAndNoOthers) {
  ASSERT_OK(service().CreateTimeline(Creation("lakes", "Lakes")));
  ASSERT_OK_AND_ASSIGN(const v1::ListTimelinesResponse one, As(reader_).ListTimelines({}));
  ASSERT_EQ(one.timelines_size(), 1);
  EXPECT_EQ(one.timelines(0).name(), kSea);
  ASSERT_OK_AND_ASSIGN(const v1::ListTimelinesResponse both, As(all_).ListTimelines({}));
  EXPECT_EQ(both.timelines_size(), 2);
  EXPECT_THAT(As(Principal::Nobody()).ListTimelines({}), StatusIs(StatusCode::kUnauthenticated, _));
}

TEST_F(GuardedServiceTest, NamesNoOtherTimelineToWhoeverMayNotReadIt) {
  EXPECT_THAT(service().GetTimeline(Asked<v1::GetTimelineRequest>("lakes")),
              StatusIs(StatusCode::kNotFound, HasSubstr(kSea)));
  const auto not_found = StatusIs(
      StatusCode::kNotFound, AllOf(HasSubstr("\"lakes\": there is no such"), Not(HasSubstr(kSea))));
  EXPECT_THAT(As(stranger_).GetTimeline(Asked<v1::GetTimelineRequest>("lakes")), not_found);
  EXPECT_THAT(As(stranger_).Append(Asked<v1::AppendRequest>("lakes")), not_found);
  EXPECT_THAT(As(stranger_).OpenStream("lakes"), not_found);
  EXPECT_THAT(As(stranger_).RebuildProjections(Asked<v1::RebuildProjectionsRequest>("lakes"),
                                               [](const v1::RebuildProjectionsResponse&) {}),
              not_found);
  ASSERT_OK_AND_ASSIGN(const v1::ListTimelinesResponse none, As(stranger_).ListTimelines({}));
  EXPECT_TRUE(none.timelines().empty());
}

TEST_F(GuardedServiceTest, WhatAnAnswerTookIsOwed) {
  TellOfTwoShips();
  auto request = Asked<v1::HistoryRequest>();
  request.set_view("losses");
  request.set_from("1931-02-01");
  request.set_to("1931-03-31");
  request.set_step("1d");
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult history, As(reader_).History(request));
  EXPECT_GE(UnitsBeyond(request, history), kViewUnits * (history.points_size() - 1));
  const absl::Status refusal = As(reader_).History(request).status();
  EXPECT_THAT(refusal, StatusIs(StatusCode::kResourceExhausted, HasSubstr("Ask again in")));
  EXPECT_OK(As(writer_).Pin(Asked<v1::PinRequest>())) << "somebody else's account";
  EXPECT_OK(As(Principal::OfThisMachine()).History(request)) << "has none";
  clock_.Advance(int64_t{3'600} * 1'000'000);
  EXPECT_OK(As(reader_).History(request));
}

TEST_F(GuardedServiceTest, ARefusalIsSaidAsTheProtocolSaysIt) {
  guarded_.refuse = [](const QuotaRefusal& refusal) {
    return absl::ResourceExhaustedError(absl::StrCat("in ", refusal.retry_micros, " us"));
  };
  quotas_.Debit(*reader_, 120);
  EXPECT_THAT(As(reader_).Pin(Asked<v1::PinRequest>()),
              StatusIs(StatusCode::kResourceExhausted, "in 2100000 us"));
}

TEST_F(GuardedServiceTest, AKeptAnswerIsForThoseWhoMayReadAndCostsAUnit) {
  EXPECT_THAT(As(stranger_).CheckKept(kSea), StatusIs(StatusCode::kPermissionDenied, _));
  for (int i = 0; i < 100; ++i) ASSERT_OK(As(reader_).CheckKept(kSea));
  EXPECT_THAT(As(reader_).CheckKept(kSea), StatusIs(StatusCode::kResourceExhausted, _));
}

TEST_F(GuardedServiceTest, StreamsAreCountedForAsLongAsTheyAreOpen) {
  ASSERT_OK_AND_ASSIGN(StreamPassPtr first, As(reader_).OpenStream(kSea));
  EXPECT_THAT(As(reader_).OpenStream(kSea),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("streams are open")));
  EXPECT_THAT(As(reader_).ReadEvents(Asked<v1::ReadEventsRequest>()),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("streams are open")));
  EXPECT_OK(As(writer_).OpenStream(kSea));
  first.reset();
  EXPECT_OK(As(reader_).OpenStream(kSea));
}

TEST_F(GuardedServiceTest, APassIsForItsTimelineAlone) {
  ASSERT_OK(service().CreateTimeline(Creation("lakes", "Lakes")));
  ASSERT_OK_AND_ASSIGN(const StreamPassPtr pass, As(reader_).OpenStream(kSea));
  EXPECT_OK(pass->Subscribe(Asked<v1::SubscribeRequest>()));
  EXPECT_THAT(pass->Subscribe(Asked<v1::SubscribeRequest>("lakes")),
              StatusIs(StatusCode::kPermissionDenied, _));
  EXPECT_THAT(pass->FollowView(Asked<v1::SubscribeViewRequest>("lakes")),
              StatusIs(StatusCode::kPermissionDenied, _));
  EXPECT_THAT(pass->ReadEvents(Asked<v1::ReadEventsRequest>("lakes")),
              StatusIs(StatusCode::kPermissionDenied, _));
}

TEST_F(GuardedServiceTest, RevokingATokenEndsWhatIsBeingRead) {
  TellOfTwoShips();
  GuardedService service = As(reader_);
  ASSERT_OK_AND_ASSIGN(const auto events, service.ReadEvents(Asked<v1::ReadEventsRequest>()));
  ASSERT_TRUE(events->Next());
  GuardedService other = As(writer_);
  ASSERT_OK_AND_ASSIGN(const auto feed, other.Subscribe(Asked<v1::SubscribeRequest>()));
  ASSERT_OK_AND_ASSIGN(v1::FeedItem item, feed->Next());
  while (!item.has_caught_up()) {
    ASSERT_OK_AND_ASSIGN(item, feed->Next());
  }
  reader_->Revoke();
  writer_->Revoke();
  EXPECT_FALSE(events->Next());
  EXPECT_THAT(events->status(), StatusIs(StatusCode::kUnauthenticated, HasSubstr("revoked")));
  EXPECT_THAT(feed->Next(), StatusIs(StatusCode::kUnauthenticated, HasSubstr("revoked")));
  EXPECT_THAT(service.Pin(Asked<v1::PinRequest>()), StatusIs(StatusCode::kUnauthenticated, _));
}

}  // namespace
}  // namespace annals::testing
