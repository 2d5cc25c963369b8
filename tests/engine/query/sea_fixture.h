// SeaTest: a timeline of shipwrecks in memory, and a QueryEngine that asks it.
#ifndef ANNALS_TESTS_ENGINE_QUERY_SEA_FIXTURE_H_
#define ANNALS_TESTS_ENGINE_QUERY_SEA_FIXTURE_H_

#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/query/domain.h"
#include "engine/query/query_engine.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/engine/query/fake_timeline.h"
#include "tests/testing/fake_clock.h"

namespace annals::testing {

// When an event of a test happened and was first public, as EDTF.
struct Dates {
  std::string occurred;
  std::string published;
};

v1::Event ShipSunk(const std::string& ship, const std::string& sea, int lower, int upper,
                   const Dates& dates);
v1::Event CrewListed(const std::string& ship, const std::vector<std::string>& persons,
                     const Dates& dates);
v1::Event WreckFound(const std::string& ship, bool intact, const Dates& dates);
v1::Event Retraction(const std::vector<std::string>& targets, const Dates& dates);

// Makes `event` replace the target.
v1::Event Superseding(v1::Event event, const std::string& target);
v1::Event WithId(v1::Event event, const std::string& id);

// "2031-05-02T00:00:00Z".
Instant At(const std::string& rfc3339);

// The timeline "sea" has the domain "shipwrecks" and UTC days; events are
// recorded at the clock's time, 2032-01-01 at first.
class SeaTest : public ::testing::Test {
 protected:
  SeaTest();

  Position Record(v1::Event event) { return timeline_.Record(std::move(event), clock_.Now()); }

  // Pins a question that a test knows to be right.
  PinnedAsOf Pin(const AsOfQuestion& question) const;

  FakeClock clock_;
  std::vector<Domain> domains_;
  FakeTimeline timeline_;
  QueryEngine engine_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_QUERY_SEA_FIXTURE_H_
