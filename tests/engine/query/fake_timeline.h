// FakeTimeline: a timeline in memory, with an index that is plainly right.
//
//   FakeTimeline timeline("sea", "shipwrecks", {&projection});
//   timeline.Record(Event("1", "2031-05-02", "2031-05-03"));
//   QueryEngine engine(timeline.log(), timeline.runner(), &domains, &clock);
#ifndef ANNALS_TESTS_ENGINE_QUERY_FAKE_TIMELINE_H_
#define ANNALS_TESTS_ENGINE_QUERY_FAKE_TIMELINE_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/following/projection_runner.h"
#include "engine/index/projection.h"
#include "engine/log/event_log.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/event.pb.h"

namespace annals::testing {

class FakeLog;
class FakeRunner;

// Each answer of the index is made by going through all events anew, as
// docs/semantics.md has it. Not thread-safe. The projections must outlive it.
class FakeTimeline {
 public:
  FakeTimeline(std::string name, std::string domain, std::vector<const Projection*> projections,
               HomeZone zone = HomeZone());
  ~FakeTimeline();

  // Appends the event at `recorded_at`: assigns what a store assigns. A test's
  // event must be one that a store would take, or the test fails.
  Position Record(v1::Event event, Instant recorded_at);

  // Every read of this projection fails from now on.
  void Stop(const std::string& projection, absl::Status why);

  const EventLog* log() const;
  ProjectionRunner* runner() const;
  const TemporalIndex& index() const;

  // What the queries asked of it, so that a test can see what they cost.
  const std::vector<std::string>& reads() const;
  Position waited_for() const;

 private:
  std::unique_ptr<FakeLog> log_;
  std::unique_ptr<FakeRunner> runner_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_QUERY_FAKE_TIMELINE_H_
