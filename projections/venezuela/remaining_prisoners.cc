#include "projections/venezuela/remaining_prisoners.h"

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "projections/annals/asserter.h"
#include "projections/annals/table_builder.h"
#include "projections/venezuela/release_measures.h"
#include "proto/venezuela/v1/detention.pb.h"

namespace annals::venezuela {
namespace {

MeasureRef Estimates() { return {"venezuela.detainees", "estimates"}; }

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  const auto* stated = event.As<::venezuela::v1::DetaineeEstimateStated>();
  if (stated == nullptr || !stated->has_count() || stated->population().empty()) {
    return absl::OkStatus();
  }
  ANNALS_ASSIGN_OR_RETURN(const Quantity count, Quantity::FromProto(stated->count()));
  out->Register(Estimates().measure, {AsserterKey(event.event), stated->population()},
                QuantityValue(count));
  return absl::OkStatus();
}

absl::StatusOr<WorldCell> Remaining(const RegisterRow& estimate,
                                    const std::optional<RegisterRow>& released) {
  if (!released || released->occurred <= estimate.occurred) {
    return WorldCell{estimate.value, {estimate.position}};
  }
  ANNALS_ASSIGN_OR_RETURN(const Quantity before, Quantity::FromProto(estimate.value.quantity()));
  ANNALS_ASSIGN_OR_RETURN(const Quantity freed, Quantity::FromProto(released->value.quantity()));
  ANNALS_ASSIGN_OR_RETURN(const Quantity remaining, Subtract(before, freed));
  return WorldCell{QuantityValue(remaining), {estimate.position, released->position}};
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> estimates,
                          world.AllLatest(Estimates(), {}));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> released, LatestVerifiedTotal(world));
  TableBuilder table({"estimate", "remaining"});
  for (const RegisterRow& estimate : estimates) {
    table.Set(estimate.key, "estimate", estimate.value, {estimate.position});
    ANNALS_ASSIGN_OR_RETURN(const WorldCell remaining, Remaining(estimate, released));
    table.Set(estimate.key, "remaining", *remaining.value, remaining.evidence);
  }
  return table.Build();
}

}  // namespace

Projection DetaineesProjection() {
  return {.name = Estimates().projection,
          .version = 1,
          .measures = {{Estimates().measure, MeasureKind::kRegister, {"asserter", "population"}}},
          .project = Project};
}

View RemainingPrisonersView() {
  return {
      .name = "remaining-prisoners",
      .description =
          "How many political prisoners each asserter's estimate leaves after the "
          "verified releases.",
      .columns = {KeyColumn("asserter"), KeyColumn("population"),
                  QuantityColumn("estimate", "persons"), QuantityColumn("remaining", "persons")},
      .evaluate = Evaluate};
}

}  // namespace annals::venezuela
