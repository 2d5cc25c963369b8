#include "engine/log/appending/stated_record.h"

#include <random>
#include <string>

#include "engine/base/timestamp.h"
#include "engine/log/record.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {
namespace {

// An event of which every part may be there or not.
v1::Event AnyStated(std::mt19937_64* random) {
  const auto sometimes = [random] { return (*random)() % 2 == 0; };
  const auto text = [random] { return std::string((*random)() % 200, 'x'); };
  v1::Event event;
  event.set_id(text());
  event.set_timeline(text());
  event.set_stream(text());
  if (sometimes()) event.mutable_payload()->set_type_url(text());
  if (sometimes()) event.mutable_payload()->set_value(text());
  if (sometimes()) event.set_occurred(text());
  if (sometimes()) event.set_published(text());
  if (sometimes()) event.set_asserter(text());
  if (sometimes()) event.add_attribution(text());
  for (uint64_t left = (*random)() % 3; left > 0; --left) event.add_citations()->set_source(text());
  if (sometimes()) event.set_correlation_id(text());
  if (sometimes()) event.set_causation_id(text());
  if (sometimes()) event.set_payload_salt(text());
  for (uint64_t left = (*random)() % 3; left > 0; --left) {
    (*event.mutable_metadata())[text()] = text();
  }
  return event;
}

Instant AnyInstant(std::mt19937_64* random) {
  switch ((*random)() % 4) {
    case 0:
      return Instant{};
    case 1:
      return Instant::Beginning();
    case 2:
      return Instant::End();
    default:
      return {static_cast<int64_t>((*random)()) >> (*random)() % 64};
  }
}

TimeBounds AnyBounds(std::mt19937_64* random) { return {AnyInstant(random), AnyInstant(random)}; }

void ToProto(const TimeBounds& bounds, v1::Bounds* proto) {
  proto->set_earliest(bounds.earliest.micros);
  proto->set_latest(bounds.latest.micros);
}

TEST(StatedRecordTest, CompletesToTheBytesOfTheWholeEvent) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2'000; ++round) {
    SCOPED_TRACE(round);
    v1::Event event = AnyStated(&random);
    const StatedRecord stated(event);
    ASSERT_EQ(stated.bytes(), SerializeDeterministically(event));
    const AssignedFields assigned = {
        .revision = random() >> random() % 64,
        .position = {random() >> random() % 64},
        .recorded_at = AnyInstant(&random),
        .times = {.occurred = AnyBounds(&random), .known = AnyBounds(&random)}};

    event.set_revision(assigned.revision);
    event.set_position(assigned.position.value);
    *event.mutable_recorded_at() = ToTimestamp(assigned.recorded_at);
    ToProto(assigned.times.occurred, event.mutable_occurred_bounds());
    ToProto(assigned.times.known, event.mutable_known_bounds());
    storage::Hash128 expected_chain = {random(), random()};
    storage::Hash128 chain = expected_chain;
    const std::string expected = EncodeRecord(event, &expected_chain);
    ASSERT_EQ(stated.Complete(assigned, &chain), expected);
    ASSERT_EQ(chain, expected_chain);
  }
}

TEST(StatedRecordTest, IsEmptyUntilItIsMade) { EXPECT_TRUE(StatedRecord().bytes().empty()); }

}  // namespace
}  // namespace annals
