// What the events about releases add up to; the views of releases read it.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_RELEASE_MEASURES_H_
#define ANNALS_PROJECTIONS_VENEZUELA_RELEASE_MEASURES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/query/world.h"

namespace annals::venezuela {

// Every prisoner, as the scope of a count.
inline constexpr absl::string_view kEveryone = "all";

// How good a release's source is.
inline constexpr absl::string_view kVerified = "verified";
inline constexpr absl::string_view kReported = "reported";

// The measures of "venezuela.releases". Counts overlap, so none is a tally:
// each asserter's is a register of its own, and people are members of sets.
enum class ReleaseMeasure {
  kDates,          // register (person, status): when the person was released
  kVerifiers,      // set (person): who verified it
  kNationalities,  // set (person): as ISO 3166-1 alpha-2
  kNationals,      // set (country): the people released, by id
  kPeople,         // set (scope "all"): the people released, by id
  kTotals,         // register (scope, status, asserter): counts since the beginning
  kBatches,        // register (scope, status, asserter): counts of one batch
  kClaimed,        // register (scope): the releasing authority's own count
};
MeasureRef RefTo(ReleaseMeasure measure);

Projection ReleasesProjection();

// Of several registers' rows the one that a single register would hold: the
// latest by occurred, then known, then position. Nothing if there are none.
std::optional<RegisterRow> LatestOf(const std::vector<RegisterRow>& rows);

// The latest verified count, since the releases began, of every prisoner
// released: by whichever asserter. Nothing if there is none in this world.
absl::StatusOr<std::optional<RegisterRow>> LatestVerifiedTotal(const World& world);

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_RELEASE_MEASURES_H_
