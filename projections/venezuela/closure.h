// The stages of a prison's closure, as claims about it go.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_CLOSURE_H_
#define ANNALS_PROJECTIONS_VENEZUELA_CLOSURE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/index/projection.h"

namespace annals::venezuela {

// What one event says of a closure.
struct ClosureClaim {
  std::string facility;  // Its id; empty if the event names none.
  std::string stage;     // "demanded", "anticipated", "announced", "agreed",
                         // "ordered" or "executed".
  std::string actor;     // Who is said to have acted; empty if nobody is named.
};

// The stage at which a facility is closed, and no longer about to be.
inline constexpr absl::string_view kExecuted = "executed";

// Nothing if the event is of another type.
std::optional<ClosureClaim> ClosureClaimOf(const ProjectedEvent& event);

// Stronger stages have higher ranks; a stage that isn't listed above ranks
// below them all.
int ClosureRank(absl::string_view stage);

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_CLOSURE_H_
