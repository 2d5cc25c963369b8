// Scenario: hand-made events of January 2026, and what a view makes of them.
//
//   Scenario scenario(VenezuelaDomain());
//   ASSERT_OK(scenario.Add(At(8), At(9), R"pb(asserter: "x" payload { … })pb"));
//   EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 9),
//               IsOkAndHolds(ElementsAre("somebody: status=reported@1")));
#ifndef ANNALS_TESTS_PROJECTIONS_SCENARIO_H_
#define ANNALS_TESTS_PROJECTIONS_SCENARIO_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/index/temporal_index.h"
#include "engine/query/domain.h"
#include "tests/projections/memory_index.h"

namespace annals::testing {

// The days between which something happened, as days of January 2026 in UTC.
struct Days {
  int first;
  int last;
};
inline Days At(int day) { return {day, day}; }

// Not thread-safe.
class Scenario {
 public:
  explicit Scenario(Domain domain);

  // Adds an event in text form, at the next position; its dates are the given
  // days, whatever the text says. INVALID_ARGUMENT if the text isn't an event;
  // otherwise the first error of a projection.
  absl::Status Add(Days occurred, Days known, const std::string& event);

  // The view's rows as of the end of a day: "KEY/KEY: COLUMN=VALUE@EVIDENCE …",
  // the evidence being positions. Cells without a value are left out, and cells
  // without evidence, or a row of the wrong size, are an INTERNAL error.
  // `known_day` 0: everything that is known.
  absl::StatusOr<std::vector<std::string>> Ask(const std::string& view, WorldKind world,
                                               int valid_day, int known_day = 0) const;

 private:
  absl::StatusOr<std::string> Render(const View& view, const WorldRow& row,
                                     const Slice& slice) const;
  absl::StatusOr<std::string> RenderEvidence(const WorldCell& cell, const Slice& slice) const;

  const Domain domain_;
  MemoryIndex index_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_PROJECTIONS_SCENARIO_H_
