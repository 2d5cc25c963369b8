#include "engine/query/verbs/corrections.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr char kProjection[] = "annals.corrections";
constexpr char kMeasure[] = "corrections";

// More than any event has.
constexpr size_t kAllCorrections = size_t{1} << 40;

// As wide as any position is, so that keys sort as the positions do.
std::string TargetKey(uint64_t position) { return absl::StrFormat("%020d", position); }

absl::Status ProjectCorrections(const ProjectedEvent& event, Contributions* contributions) {
  for (const uint64_t target : event.event.correction().target_positions()) {
    contributions->Tally(kMeasure, {TargetKey(target)}, Quantity::Exactly(1));
  }
  return absl::OkStatus();
}

MeasureRef Measured() { return {kProjection, kMeasure}; }

}  // namespace

const Projection& CorrectionsProjection() {
  static const Projection* const projection =
      new Projection{.name = kProjection,
                     .version = 1,
                     .measures = {{kMeasure, MeasureKind::kTally, {"target"}}},
                     .project = ProjectCorrections};
  return *projection;
}

absl::StatusOr<StandingCorrections> StandingCorrections::Load(const TemporalIndex& index,
                                                              WorldKind world,
                                                              const PinnedAsOf& as_of) {
  Slice slice = SliceOf(world, as_of);
  slice.valid = Instant::End();
  StandingCorrections standing(&index, slice);
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> rows, index.Tallies(Measured(), {}, slice));
  for (const TallyRow& row : rows) {
    Position target;
    if (!absl::SimpleAtoi(row.key.front(), &target.value)) {
      return absl::DataLossError(absl::StrCat("the projection ", kProjection, " has the key \"",
                                              row.key.front(), "\", which is no position"));
    }
    standing.targets_.push_back(target);
  }
  return standing;
}

absl::StatusOr<std::vector<Position>> StandingCorrections::Of(Position target) const {
  if (!std::binary_search(targets_.begin(), targets_.end(), target)) {
    return std::vector<Position>();
  }
  return index_->Contributors(Measured(), {TargetKey(target.value)}, slice_, Position{0},
                              kAllCorrections);
}

}  // namespace annals
