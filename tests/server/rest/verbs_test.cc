#include "server/rest/verbs.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/service/stream_frame.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class VerbsTest : public RestTest {
 protected:
  // The answer is what the service itself says.
  template <typename Response>
  void ExpectSame(absl::string_view verb, const google::protobuf::Message& request,
                  const absl::StatusOr<Response>& expected) {
    ASSERT_OK(expected);
    const http::RawResponse answer = Call(verb, request);
    EXPECT_EQ(answer.status, 200) << verb << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/protobuf");
    Response message;
    ASSERT_TRUE(message.ParseFromString(answer.body));
    EXPECT_TRUE(MessageDifferencer::Equals(message, *expected)) << verb;
  }
};

// Every message of a body, and how it ended.
struct Frames {
  std::vector<std::string> messages;
  std::optional<absl::Status> end;
};
Frames FramesOf(const std::string& body) {
  FrameReader reader;
  reader.Add(body);
  Frames frames;
  for (auto next = reader.Next(); next.ok() && next->has_value(); next = reader.Next()) {
    if ((*next)->kind == FrameKind::kEnd) {
      frames.end = OutcomeOf(**next);
    } else {
      frames.messages.push_back((*next)->payload);
    }
  }
  return frames;
}

TEST_F(VerbsTest, EveryVerbWithOneAnswerGivesTheServicesOwn) {
  TellOfTwoShips();
  Service& s = service();
  ExpectSame("ListTimelines", v1::ListTimelinesRequest(), s.ListTimelines({}));
  const auto timeline = Asked<v1::GetTimelineRequest>();
  ExpectSame("GetTimeline", timeline, s.GetTimeline(timeline));
  const auto views = Asked<v1::ListViewsRequest>();
  ExpectSame("ListViews", views, s.ListViews(views));
  auto event = Asked<v1::GetEventRequest>();
  event.set_id("rose-lost");
  ExpectSame("GetEvent", event, s.GetEvent(event));

  v1::AsOfQuestion pinned;
  pinned.set_valid("1931-04");
  pinned.set_known("1931-06");
  pinned.set_position(6);
  auto events = Asked<v1::ListEventsRequest>();
  *events.mutable_as_of() = pinned;
  events.set_text("ZOE");
  ExpectSame("ListEvents", events, s.ListEvents(events));
  auto checkpoint = Asked<v1::GetCheckpointRequest>();
  checkpoint.set_size(3);
  ExpectSame("GetCheckpoint", checkpoint, s.GetCheckpoint(checkpoint));
  auto proven = Asked<v1::ProveEventRequest>();
  proven.set_position(2);
  ExpectSame("ProveEvent", proven, s.ProveEvent(proven));
  auto growth = Asked<v1::ProveConsistencyRequest>();
  growth.set_from(1);
  ExpectSame("ProveConsistency", growth, s.ProveConsistency(growth));
  auto pin = Asked<v1::PinRequest>();
  *pin.mutable_as_of() = pinned;
  ExpectSame("Pin", pin, s.Pin(pin));
  auto as_of = Asked<v1::AsOfRequest>();
  *as_of.mutable_as_of() = pinned;
  ExpectSame("AsOf", as_of, s.AsOf(as_of));
  auto diff = Asked<v1::DiffRequest>();
  *diff.mutable_from() = pinned;
  *diff.mutable_to() = pinned;
  diff.mutable_from()->set_known("1931-03-10");
  ExpectSame("Diff", diff, s.Diff(diff));
  auto history = Asked<v1::HistoryRequest>();
  history.set_view("losses");
  history.set_from("1931-02-20");
  history.set_to("1931-03-01");
  *history.mutable_as_of() = pinned;
  history.mutable_as_of()->clear_valid();
  ExpectSame("History", history, s.History(history));
  auto why = Asked<v1::WhyRequest>();
  why.set_view("losses");
  why.add_key("north");
  *why.mutable_as_of() = pinned;
  ExpectSame("Why", why, s.Why(why));
}

TEST_F(VerbsTest, AppendsAndCreates) {
  const http::RawResponse created = Call("CreateTimeline", Creation("lakes", "Lakes"));
  EXPECT_EQ(created.status, 200) << created.body;
  auto append = Asked<v1::AppendRequest>("lakes");
  *append.add_events() = WithId(WreckFound("star", true, {"1931-06", ""}), "found");
  v1::AppendResponse receipts;
  ASSERT_TRUE(receipts.ParseFromString(Call("Append", append).body));
  ASSERT_EQ(receipts.receipts_size(), 1);
  EXPECT_EQ(receipts.receipts(0).position(), 2);
  EXPECT_FALSE(receipts.receipts(0).duplicate());
}

TEST_F(VerbsTest, SpeaksJsonToWhoeverDoes) {
  TellOfTwoShips();
  const http::RawResponse answer =
      Post("/v1/verbs/GetEvent", "application/json", R"({"timeline":"sea","position":2})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_THAT(answer.body,
              AllOf(StartsWith("{\"id\": \"rose-lost\""), HasSubstr("\"position\": 2")));
  EXPECT_EQ(
      Post("/v1/verbs/ListTimelines", "application/json", "{}", "Accept: application/protobuf\r\n")
          .headers.at("content-type"),
      "application/protobuf");
}

TEST_F(VerbsTest, ErrorsAreProblemDocumentsWithTheStatusCode) {
  const http::RawResponse missing = Call("GetTimeline", Asked<v1::GetTimelineRequest>("see"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(missing.body, AllOf(HasSubstr("\"code\":\"NOT_FOUND\""), HasSubstr("see")));

  const http::RawResponse field =
      Post("/v1/verbs/AsOf", "application/json", R"({"timelin":"sea"})");
  EXPECT_EQ(field.status, 400);
  EXPECT_THAT(field.body, AllOf(HasSubstr("\"code\":\"INVALID_ARGUMENT\""),
                                HasSubstr(R"(did you mean \"timeline\"?)")));
  const http::RawResponse nested =
      Post("/v1/verbs/AsOf", "application/json", R"({"timeline":"sea","asOf":{"knwn":"1931"}})");
  EXPECT_THAT(nested.body,
              HasSubstr(R"(as_of: there is no field \"knwn\"; did you mean \"known\"?)"));

  EXPECT_EQ(Post("/v1/verbs/AsOf", "application/json", R"({"timeline":"sea")").status, 400);
  EXPECT_EQ(Post("/v1/verbs/AsOf", "application/protobuf", "\x0a\xff").status, 400);
  EXPECT_EQ(Post("/v1/verbs/AsOf", "text/plain", "timeline").status, 415);
  EXPECT_EQ(Post("/v1/verbs/AsOf", "application/json", "{}", "Accept: image/png\r\n").status, 406);
  EXPECT_EQ(Post("/v1/verbs/AsIf", "application/json", "{}").status, 404);
  EXPECT_EQ(Get("/v1/verbs/AsOf").status, 405);
}

TEST_F(VerbsTest, StreamsEventsWithAnEnd) {
  TellOfTwoShips();
  auto request = Asked<v1::ReadEventsRequest>();
  request.set_after(3);
  const Frames frames = FramesOf(Call("ReadEvents", request).body);
  ASSERT_TRUE(frames.end.has_value());
  EXPECT_THAT(*frames.end, IsOk());
  std::vector<std::string> ids;
  for (const std::string& payload : frames.messages) {
    v1::ReadEventsResponse response;
    ASSERT_TRUE(response.ParseFromString(payload));
    for (const v1::Event& event : response.events()) ids.push_back(event.id());
  }
  EXPECT_THAT(ids, ElementsAre("rose-crew", "rose-exact", "star-found"));
  request.set_after(7);
  EXPECT_THAT(Call("ReadEvents", request).body, HasSubstr("OUT_OF_RANGE"));
}

TEST_F(VerbsTest, StreamsMoreThanAConnectionBuffers) {
  v1::Event large = WreckFound("star", true, {"1931-06", ""});
  (*large.mutable_metadata())["note"] = std::string(40'000, 'x');
  constexpr int kEvents = 40;  // 1.6 MB
  for (int i = 0; i < kEvents; ++i) ASSERT_OK(Append({WithId(large, absl::StrCat("e", i))}));
  const Frames frames = FramesOf(Call("ReadEvents", Asked<v1::ReadEventsRequest>()).body);
  ASSERT_TRUE(frames.end.has_value());
  EXPECT_THAT(*frames.end, IsOk());
  int events = 0;
  for (const std::string& payload : frames.messages) {
    v1::ReadEventsResponse response;
    ASSERT_TRUE(response.ParseFromString(payload));
    events += response.events_size();
  }
  EXPECT_EQ(events, kEvents + 1);
}

TEST_F(VerbsTest, EveryRpcOfTheServiceHasARoute) {
  const google::protobuf::ServiceDescriptor* const timelines =
      v1::AsOfRequest::descriptor()->file()->FindServiceByName("Timelines");
  ASSERT_NE(timelines, nullptr);
  for (int i = 0; i < timelines->method_count(); ++i) {
    const std::string verb = timelines->method(i)->name();
    const http::RawResponse answer =
        Post(absl::StrCat("/v1/verbs/", verb), "application/protobuf", "");
    EXPECT_THAT(answer.body, Not(HasSubstr("there is nothing at"))) << verb;
  }
}

TEST_F(VerbsTest, AConsumersMembersFetchAndAcknowledge) {
  TellOfTwoShips();
  v1::CreateConsumerRequest create;
  create.mutable_consumer()->set_timeline(kSea);
  create.mutable_consumer()->set_name("mirror");
  ASSERT_EQ(Call("CreateConsumer", create).status, 200);
  auto fetch = Asked<v1::FetchDeliveriesRequest>();
  fetch.set_consumer("mirror");
  fetch.set_member("worker");
  v1::FetchDeliveriesResponse fetched;
  ASSERT_TRUE(fetched.ParseFromString(Call("FetchDeliveries", fetch).body));
  EXPECT_EQ(fetched.deliveries_size(), 6);
  auto ack = Asked<v1::AckDeliveriesRequest>();
  ack.set_consumer("mirror");
  ack.set_member("worker");
  for (const v1::Delivery& delivery : fetched.deliveries()) {
    ack.add_positions(delivery.event().position());
  }
  ASSERT_EQ(Call("AckDeliveries", ack).status, 200);
  v1::ListConsumersResponse consumers;
  ASSERT_TRUE(
      consumers.ParseFromString(Call("ListConsumers", Asked<v1::ListConsumersRequest>()).body));
  ASSERT_EQ(consumers.consumers_size(), 1);
  EXPECT_EQ(consumers.consumers(0).lag(), 0);
}

TEST_F(VerbsTest, ARebuildTellsThatItIsDone) {
  TellOfTwoShips();
  const Frames frames =
      FramesOf(Call("RebuildProjections", Asked<v1::RebuildProjectionsRequest>()).body);
  ASSERT_TRUE(frames.end.has_value());
  EXPECT_THAT(*frames.end, IsOk());
  EXPECT_EQ(Call("RebuildProjections", Asked<v1::RebuildProjectionsRequest>("see")).status, 404);
}

}  // namespace
}  // namespace annals::testing
