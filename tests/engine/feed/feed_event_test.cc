#include "engine/feed/feed_event.h"

#include <string>

#include "absl/status/status.h"
#include "engine/feed/feed_matcher.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/feed.pb.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::MakeNote;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

FeedEventPtr ToFeedEvent(const v1::Event& event) {
  auto made = FeedEvent::FromBytes(Position{event.position()}, event.SerializeAsString());
  EXPECT_OK(made);
  return *made;
}

FeedEventPtr Claim(const std::string& stream, const std::string& asserter) {
  v1::Event event = MakeNote("id", stream);
  event.set_asserter(asserter);
  event.mutable_citations()->Add()->set_source("source");
  event.set_position(7);
  return ToFeedEvent(event);
}

// Whether a filter with one value in `field` lets the event pass.
bool Passes(void (v1::FeedFilter::*add)(const std::string&), const std::string& value,
            const FeedEvent& event) {
  v1::FeedFilter filter;
  (filter.*add)(value);
  const auto matcher = FeedMatcher::FromProto(filter);
  EXPECT_OK(matcher);
  return matcher->Matches(event);
}

TEST(FeedEventTest, TellsWhatFiltersAskWithoutBeingDecoded) {
  const FeedEventPtr event = Claim("prison/el-helicoide", "foro-penal");
  EXPECT_EQ(event->position(), Position{7});
  EXPECT_EQ(event->stream(), "prison/el-helicoide");
  EXPECT_EQ(event->asserter(), "foro-penal");
  EXPECT_EQ(event->type(), "annals.testing.Note");
  ASSERT_OK_AND_ASSIGN(const v1::Event decoded, event->Decode());
  EXPECT_EQ(decoded.SerializeAsString(), event->bytes());
}

TEST(FeedEventTest, WithoutPayloadAndAsserterBothAreEmpty) {
  v1::Event retraction;
  retraction.set_stream("s");
  const FeedEventPtr event = ToFeedEvent(retraction);
  EXPECT_EQ(event->type(), "");
  EXPECT_EQ(event->asserter(), "");
}

TEST(FeedEventTest, RefusesBytesThatAreNoEvent) {
  EXPECT_THAT(FeedEvent::FromBytes(Position{3},
                                   "\x0a\x05"
                                   "four"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("position 3")));
}

TEST(FeedEventTest, IsRenderedOnceAForm) {
  const FeedEventPtr event = Claim("s", "");
  int rendered = 0;
  const auto render = [&](const FeedEvent& e) -> absl::StatusOr<std::string> {
    return std::string(e.stream()) + std::to_string(++rendered);
  };
  EXPECT_THAT(event->Rendered(1, render), IsOkAndHolds("s1"));
  EXPECT_THAT(event->Rendered(1, render), IsOkAndHolds("s1"));
  EXPECT_THAT(event->Rendered(2, render), IsOkAndHolds("s2"));
  EXPECT_THAT(event->Rendered(1, render), IsOkAndHolds("s1"));
}

TEST(FeedMatcherTest, StreamsAreMatchedByPrefix) {
  const FeedEventPtr event = Claim("prison/el-helicoide", "");
  const auto add = static_cast<void (v1::FeedFilter::*)(const std::string&)>(
      &v1::FeedFilter::add_stream_prefixes);
  EXPECT_TRUE(Passes(add, "prison/", *event));
  EXPECT_TRUE(Passes(add, "prison/el-helicoide", *event));
  EXPECT_FALSE(Passes(add, "prison/el-helicoide-2", *event));
  EXPECT_FALSE(Passes(add, "rison/", *event));
}

TEST(FeedMatcherTest, TypesAndAssertersAreMatchedWhole) {
  const FeedEventPtr event = Claim("s", "foro-penal");
  const auto type =
      static_cast<void (v1::FeedFilter::*)(const std::string&)>(&v1::FeedFilter::add_types);
  const auto asserter =
      static_cast<void (v1::FeedFilter::*)(const std::string&)>(&v1::FeedFilter::add_asserters);
  EXPECT_TRUE(Passes(type, "annals.testing.Note", *event));
  EXPECT_FALSE(Passes(type, "annals.testing", *event));
  EXPECT_TRUE(Passes(asserter, "foro-penal", *event));
  EXPECT_FALSE(Passes(asserter, "foro", *event));
}

TEST(FeedMatcherTest, ValuesAreAlternativesAndFieldsConditions) {
  v1::FeedFilter filter;
  filter.add_stream_prefixes("a/");
  filter.add_stream_prefixes("b/");
  filter.add_asserters("x");
  ASSERT_OK_AND_ASSIGN(const FeedMatcher matcher, FeedMatcher::FromProto(filter));
  EXPECT_TRUE(matcher.Matches(*Claim("a/1", "x")));
  EXPECT_TRUE(matcher.Matches(*Claim("b/1", "x")));
  EXPECT_FALSE(matcher.Matches(*Claim("c/1", "x")));
  EXPECT_FALSE(matcher.Matches(*Claim("a/1", "y")));
  EXPECT_FALSE(matcher.Matches(*Claim("a/1", "")));
}

TEST(FeedMatcherTest, RefusesValuesThatNothingCouldMatch) {
  v1::FeedFilter filter;
  filter.add_types("");
  EXPECT_THAT(FeedMatcher::FromProto(filter),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("filter.types")));
  filter.Clear();
  filter.add_stream_prefixes(std::string(201, 'a'));
  EXPECT_THAT(FeedMatcher::FromProto(filter),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("201 bytes")));
  filter.Clear();
  for (int i = 0; i <= kMaxFilterValues; ++i) filter.add_asserters("a");
  EXPECT_THAT(FeedMatcher::FromProto(filter),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("filter.asserters")));
}

}  // namespace
}  // namespace annals
