// The verbs over gRPC: that each says what the service says.
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/grpc/grpc_fixture.h"
#include "tests/server/grpc/well_known_calls.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class GrpcVerbsTest : public GrpcTest {
 protected:
  template <typename Request, typename Response>
  void ExpectSame(grpc::Status (v1::Timelines::Stub::*call)(grpc::ClientContext*, const Request&,
                                                            Response*),
                  absl::StatusOr<Response> (Service::*ask)(const Request&),
                  const Request& request) {
    SCOPED_TRACE(Request::descriptor()->name());
    Response remote;
    ASSERT_OK(FromGrpc((stub().*call)(Context().get(), request, &remote)));
    ASSERT_OK_AND_ASSIGN(const Response local, (service().*ask)(request));
    EXPECT_TRUE(MessageDifferencer::Equals(remote, local)) << remote.DebugString();
  }

  // The loss of the rose and of the star, as of a day.
  template <typename Request>
  static Request AsOfADay() {
    auto request = Asked<Request>();
    request.mutable_as_of()->set_valid("1931-06-01");
    request.mutable_as_of()->set_known("1931-06-01");
    request.mutable_as_of()->set_position(4);
    return request;
  }

  std::vector<std::string> Read(const v1::ReadEventsRequest& request, grpc::Status* status) {
    const auto context = Context();
    const auto reader = stub().ReadEvents(context.get(), request);
    v1::ReadEventsResponse response;
    std::vector<std::string> ids;
    while (reader->Read(&response)) {
      for (const v1::Event& event : response.events()) ids.push_back(event.id());
    }
    *status = reader->Finish();
    return ids;
  }
};

TEST_F(GrpcVerbsTest, TellWhatTheServiceTells) {
  using Stub = v1::Timelines::Stub;
  TellOfTwoShips();
  ExpectSame(&Stub::ListTimelines, &Service::ListTimelines, v1::ListTimelinesRequest());
  ExpectSame(&Stub::GetTimeline, &Service::GetTimeline, Asked<v1::GetTimelineRequest>());
  ExpectSame(&Stub::ListViews, &Service::ListViews, Asked<v1::ListViewsRequest>());
  ExpectSame(&Stub::ListTypes, &Service::ListTypes, Asked<v1::ListTypesRequest>());
  ExpectSame(&Stub::CreateTimeline, &Service::CreateTimeline, Creation(kSea, "The sea"));
  auto event = Asked<v1::GetEventRequest>();
  event.set_id("star-lost");
  ExpectSame(&Stub::GetEvent, &Service::GetEvent, event);
  ExpectSame(&Stub::ListEvents, &Service::ListEvents, AsOfADay<v1::ListEventsRequest>());
  ExpectSame(&Stub::GetCheckpoint, &Service::GetCheckpoint, Asked<v1::GetCheckpointRequest>());
  auto proven = Asked<v1::ProveEventRequest>();
  proven.set_position(2);
  ExpectSame(&Stub::ProveEvent, &Service::ProveEvent, proven);
  auto growth = Asked<v1::ProveConsistencyRequest>();
  growth.set_from(1);
  ExpectSame(&Stub::ProveConsistency, &Service::ProveConsistency, growth);
  ExpectSame(&Stub::Pin, &Service::Pin, AsOfADay<v1::PinRequest>());
  ExpectSame(&Stub::AsOf, &Service::AsOf, AsOfADay<v1::AsOfRequest>());
  auto diff = Asked<v1::DiffRequest>();
  *diff.mutable_from() = AsOfADay<v1::PinRequest>().as_of();
  *diff.mutable_to() = diff.from();
  diff.mutable_from()->set_known("1931-04-01");
  ExpectSame(&Stub::Diff, &Service::Diff, diff);
  auto history = Asked<v1::HistoryRequest>();
  history.set_view("losses");
  history.set_from("1931-02-20");
  history.set_to("1931-03-01");
  history.mutable_as_of()->set_known("1931-06-01");
  history.mutable_as_of()->set_position(4);
  ExpectSame(&Stub::History, &Service::History, history);
  auto why = AsOfADay<v1::WhyRequest>();
  why.set_view("losses");
  ExpectSame(&Stub::Why, &Service::Why, why);
  auto explain = AsOfADay<v1::ExplainRequest>();
  explain.set_view("losses");
  v1::ExplainResult explained;
  EXPECT_OK(FromGrpc(stub().Explain(Context().get(), explain, &explained)));
  EXPECT_GT(explained.ByteSizeLong(), 0);
  v1::GetStatsResponse stats;
  ASSERT_OK(FromGrpc(stub().GetStats(Context().get(), Asked<v1::GetStatsRequest>(), &stats)));
  ASSERT_EQ(stats.timelines_size(), 1);
  EXPECT_EQ(stats.timelines(0).events(), 4);
}

TEST_F(GrpcVerbsTest, AppendsWhatIsThenThere) {
  auto request = Asked<v1::AppendRequest>();
  *request.add_events() = WithId(WreckFound("star", true, {"1931-06", "1931-07-01"}), "star-found");
  v1::AppendResponse response;
  ASSERT_OK(FromGrpc(stub().Append(Context().get(), request, &response)));
  ASSERT_EQ(response.receipts_size(), 1);
  EXPECT_EQ(response.receipts(0).position(), 2);
  auto event = Asked<v1::GetEventRequest>();
  event.set_position(2);
  ASSERT_OK_AND_ASSIGN(const v1::Event found, service().GetEvent(event));
  EXPECT_EQ(found.id(), "star-found");
}

TEST_F(GrpcVerbsTest, AConsumerTakesWhatThereIs) {
  TellOfTwoShips();
  v1::CreateConsumerRequest creation;
  creation.mutable_consumer()->set_timeline(kSea);
  creation.mutable_consumer()->set_name("mirror");
  creation.mutable_consumer()->set_after(2);
  v1::Consumer consumer;
  ASSERT_OK(FromGrpc(stub().CreateConsumer(Context().get(), creation, &consumer)));
  EXPECT_EQ(consumer.max_deliveries(), 5) << "by default";

  auto fetch = Asked<v1::FetchDeliveriesRequest>();
  fetch.set_consumer("mirror");
  fetch.set_member("worker");
  v1::FetchDeliveriesResponse fetched;
  ASSERT_OK(FromGrpc(stub().FetchDeliveries(Context().get(), fetch, &fetched)));
  ASSERT_EQ(fetched.deliveries_size(), 2);
  EXPECT_EQ(fetched.deliveries(0).event().id(), "star-lost");

  auto ack = Asked<v1::AckDeliveriesRequest>();
  ack.set_consumer("mirror");
  ack.set_member("worker");
  ack.add_positions(3);
  v1::SettledPositions settled;
  ASSERT_OK(FromGrpc(stub().AckDeliveries(Context().get(), ack, &settled)));
  EXPECT_THAT(settled.done(), ElementsAre(3));

  auto nack = Asked<v1::NackDeliveriesRequest>();
  nack.set_consumer("mirror");
  nack.set_member("worker");
  nack.add_positions(4);
  nack.set_reason("no such ship");
  ASSERT_OK(FromGrpc(stub().NackDeliveries(Context().get(), nack, &settled)));
  EXPECT_THAT(settled.done(), ElementsAre(4));
  auto parked = Asked<v1::ListParkedEventsRequest>();
  parked.set_consumer("mirror");
  ExpectSame(&v1::Timelines::Stub::ListParkedEvents, &Service::ListParkedEvents, parked);
  ExpectSame(&v1::Timelines::Stub::ListConsumers, &Service::ListConsumers,
             Asked<v1::ListConsumersRequest>());

  auto replay = Asked<v1::ReplayParkedEventsRequest>();
  replay.set_consumer("mirror");
  replay.add_positions(4);
  ASSERT_OK(FromGrpc(stub().ReplayParkedEvents(Context().get(), replay, &settled)));
  EXPECT_THAT(settled.done(), ElementsAre(4));
  auto deletion = Asked<v1::DeleteConsumerRequest>();
  deletion.set_consumer("mirror");
  v1::DeleteConsumerResponse deleted;
  EXPECT_OK(FromGrpc(stub().DeleteConsumer(Context().get(), deletion, &deleted)));
  EXPECT_EQ(FromGrpc(stub().DeleteConsumer(Context().get(), deletion, &deleted)).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(GrpcVerbsTest, RefuseWithTheCodeAndMessageOfTheService) {
  v1::Timeline timeline;
  EXPECT_THAT(FromGrpc(stub().GetTimeline(Context().get(), Asked<v1::GetTimelineRequest>("see"),
                                          &timeline)),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("the store has \"sea\"")));
  auto as_of = Asked<v1::AsOfRequest>();
  as_of.mutable_as_of()->set_valid("1931-13");
  v1::AsOfResponse answer;
  EXPECT_THAT(FromGrpc(stub().AsOf(Context().get(), as_of, &answer)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1931-13")));
  grpc::Status status;
  EXPECT_THAT(Read(Asked<v1::ReadEventsRequest>("see"), &status), ElementsAre());
  EXPECT_THAT(FromGrpc(status), StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
}

TEST_F(GrpcVerbsTest, ReadEventsGivesAllOfThemInOrder) {
  AppendMany(2'500, "n");
  std::vector<std::string> expected = {"timeline-created"};
  for (int i = 1; i <= 2'500; ++i) expected.push_back("n" + std::to_string(i));
  grpc::Status status;
  EXPECT_EQ(Read(Asked<v1::ReadEventsRequest>(), &status), expected);
  EXPECT_OK(FromGrpc(status));
  auto few = Asked<v1::ReadEventsRequest>();
  few.set_after(1);
  few.set_limit(2);
  EXPECT_THAT(Read(few, &status), ElementsAre("n1", "n2"));
  EXPECT_OK(FromGrpc(status));
}

TEST_F(GrpcVerbsTest, RebuildTellsHowFarItIs) {
  TellOfTwoShips();
  const auto context = Context();
  const auto reader =
      stub().RebuildProjections(context.get(), Asked<v1::RebuildProjectionsRequest>());
  v1::RebuildProjectionsResponse report;
  v1::RebuildProjectionsResponse last;
  while (reader->Read(&report)) last = report;
  EXPECT_OK(FromGrpc(reader->Finish()));
  EXPECT_EQ(last.done(), last.head());
  const auto other = Context();
  EXPECT_THAT(
      FromGrpc(stub()
                   .RebuildProjections(other.get(), Asked<v1::RebuildProjectionsRequest>("see"))
                   ->Finish()),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
}

TEST_F(GrpcVerbsTest, NoneIsLeftOut) {
  const auto* const all =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("annals.v1.Timelines");
  ASSERT_NE(all, nullptr);
  for (int i = 0; i < all->method_count(); ++i) {
    const std::string name = all->method(i)->name();
    AnyCall call(channel(), "/annals.v1.Timelines/" + name);
    // An empty request: of no timeline.
    ASSERT_TRUE(call.Send(HealthRequest())) << name;
    HealthResponse ignored;
    if (name == "ListTimelines" || name == "GetStats" || name == "ListTokens") {
      EXPECT_TRUE(call.Receive(&ignored)) << name;
      EXPECT_OK(FromGrpc(call.Finish()));
    } else {
      EXPECT_FALSE(call.Receive(&ignored)) << name;
      const absl::StatusCode code = FromGrpc(call.Finish()).code();
      EXPECT_TRUE(code == absl::StatusCode::kNotFound || code == absl::StatusCode::kInvalidArgument)
          << name << ": " << code;
    }
  }
}

TEST_F(GrpcVerbsTest, RefuseBytesThatAreNoRequest) {
  AnyCall call(channel(), "/annals.v1.Timelines/Subscribe");
  HealthRequest request;  // Its only field is the name of a timeline there.
  request.set_service("\xff");
  call.Send(request);
  HealthResponse ignored;
  EXPECT_FALSE(call.Receive(&ignored));
  EXPECT_EQ(FromGrpc(call.Finish()).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(GrpcVerbsTest, ReflectionListsTheServices) {
  AnyCall call(channel(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
  ReflectionRequest request;
  request.set_list_services("*");
  ASSERT_TRUE(call.Send(request));
  ReflectionResponse response;
  ASSERT_TRUE(call.Receive(&response));
  std::set<std::string> names;
  for (const auto& one : response.list_services_response().service()) names.insert(one.name());
  EXPECT_THAT(names, IsSupersetOf({"annals.v1.Timelines", "grpc.health.v1.Health"}));
}

}  // namespace
}  // namespace annals::testing
