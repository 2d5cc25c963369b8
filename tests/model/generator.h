// Generator: the operations that follow from a seed and from what a timeline
// holds so far.
#ifndef ANNALS_TESTS_MODEL_GENERATOR_H_
#define ANNALS_TESTS_MODEL_GENERATOR_H_

#include <cstdint>

#include "engine/base/instant.h"
#include "engine/query/query_engine.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/operation.h"
#include "tests/model/random.h"
#include "tests/model/random_events.h"

namespace annals::model {

// Serves one timeline. The same seed, timeline and clock give the same
// operations. Not thread-safe.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed), temper_(RandomTemper(&random_)) {}

  const Temper& temper() const { return temper_; }

  // The next operation on `timeline`. `now` is the clock's.
  Operation Next(const NaiveTimeline& timeline, Instant now);

 private:
  Operation Change(const NaiveTimeline& timeline, Instant now);
  Operation Question(const NaiveTimeline& timeline, Instant now);
  void Ask(Operation* operation, const NaiveTimeline& timeline, Instant now);
  Probe RandomProbe();
  EventFilter Filter(Instant now);

  v1::Event Any(const NaiveTimeline& timeline, Instant now);

  // Requests. All but Fault may be expected to succeed, unless dates cross.
  AppendRequest Batch(const NaiveTimeline& timeline, Instant now);
  AppendRequest Revision(const NaiveTimeline& timeline, Instant now);
  AppendRequest Repetition(const NaiveTimeline& timeline, Instant now);
  AppendRequest Fault(const NaiveTimeline& timeline, Instant now);
  v1::Event Faulty(const NaiveTimeline& timeline, Instant now);
  v1::Event Named(v1::Event event);

  // Coordinates: on, just before and just after the bounds of events, and others.
  // Most positions are the head or near it, some are any.
  PinnedAsOf AsOf(const NaiveTimeline& timeline, Instant now);
  Instant Coordinate(const NaiveTimeline& timeline, Instant now, bool known);

  Random random_;
  const Temper temper_;
  uint64_t next_id_ = 1;
};

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_GENERATOR_H_
