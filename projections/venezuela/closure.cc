#include "projections/venezuela/closure.h"

#include <algorithm>
#include <iterator>

#include "proto/venezuela/v1/facility.pb.h"

namespace annals::venezuela {
namespace {

namespace domain = ::venezuela::v1;

// Weakest first.
constexpr absl::string_view kStages[] = {"demanded", "anticipated", "announced",
                                         "agreed",   "ordered",     kExecuted};

template <typename T>
void Read(const ProjectedEvent& event, absl::string_view stage,
          std::optional<ClosureClaim>* claim) {
  const T* closure = event.As<T>();
  if (closure == nullptr) return;
  *claim = ClosureClaim{closure->facility().id(), std::string(stage), closure->actor()};
}

}  // namespace

std::optional<ClosureClaim> ClosureClaimOf(const ProjectedEvent& event) {
  std::optional<ClosureClaim> claim;
  Read<domain::PrisonClosureDemanded>(event, "demanded", &claim);
  Read<domain::PrisonClosureAnticipated>(event, "anticipated", &claim);
  Read<domain::PrisonClosureAnnounced>(event, "announced", &claim);
  Read<domain::PrisonClosureAgreed>(event, "agreed", &claim);
  Read<domain::PrisonClosureOrdered>(event, "ordered", &claim);
  Read<domain::PrisonClosureExecuted>(event, kExecuted, &claim);
  return claim;
}

int ClosureRank(absl::string_view stage) {
  const auto* const found = std::find(std::begin(kStages), std::end(kStages), stage);
  return found == std::end(kStages) ? -1 : static_cast<int>(found - std::begin(kStages));
}

}  // namespace annals::venezuela
