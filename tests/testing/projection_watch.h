// ProjectionWatch: sees which events a domain's projections are given, to tell an
// index that goes on where it was from one that is built anew.
#ifndef ANNALS_TESTS_TESTING_PROJECTION_WATCH_H_
#define ANNALS_TESTS_TESTING_PROJECTION_WATCH_H_

#include <atomic>
#include <cstdint>

#include "engine/index/projection.h"
#include "engine/query/domain.h"

namespace annals::testing {

// Thread-safe. Must outlive whatever uses the domain it watches.
class ProjectionWatch {
 public:
  // The domain, with projections that are counted and otherwise the same.
  Domain Watched(Domain domain) {
    for (Projection& projection : domain.projections) {
      projection.project = [this, project = projection.project](const ProjectedEvent& event,
                                                                Contributions* out) {
        ++events_;
        if (event.event.position() == 1) ++beginnings_;
        return project(event, out);
      };
    }
    return domain;
  }

  // How often a projection was given a timeline's first event, which must be one
  // that is never corrected: so many builds were begun.
  uint64_t beginnings() const { return beginnings_; }

  // How often a projection was given any event, stated or corrected.
  uint64_t events() const { return events_; }

 private:
  std::atomic<uint64_t> beginnings_ = 0;
  std::atomic<uint64_t> events_ = 0;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_PROJECTION_WATCH_H_
