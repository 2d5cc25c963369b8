#include "projections/venezuela/facilities.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "projections/annals/table_builder.h"
#include "projections/venezuela/closure.h"
#include "proto/venezuela/v1/facility.pb.h"

namespace annals::venezuela {
namespace {

MeasureRef Population() { return {"venezuela.facilities", "population"}; }
MeasureRef Stages() { return {"venezuela.facilities", "stages"}; }
MeasureRef Actors() { return {"venezuela.facilities", "actors"}; }

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  if (const std::optional<ClosureClaim> claim = ClosureClaimOf(event)) {
    if (claim->facility.empty()) return absl::OkStatus();
    out->Member(Stages().measure, {claim->facility}, claim->stage);
    if (!claim->actor.empty()) {
      out->Register(Actors().measure, {claim->facility, claim->stage}, TextValue(claim->actor));
    }
    return absl::OkStatus();
  }
  const auto* stated = event.As<::venezuela::v1::FacilityPopulationStated>();
  if (stated == nullptr || !stated->has_count() || stated->facility().id().empty()) {
    return absl::OkStatus();
  }
  ANNALS_ASSIGN_OR_RETURN(const Quantity count, Quantity::FromProto(stated->count()));
  out->Register(Population().measure, {stated->facility().id()}, QuantityValue(count));
  return absl::OkStatus();
}

absl::Status SetClosure(const World& world, const Key& facility, TableBuilder* table) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> stages, world.Members(Stages(), facility));
  const std::string& strongest = *std::max_element(
      stages.begin(), stages.end(),
      [](const std::string& a, const std::string& b) { return ClosureRank(a) < ClosureRank(b); });
  const ContributionsOf claims_of_strongest = {Stages(), {facility[0], strongest}};
  table->Set(facility, "stage", TextValue(strongest), {claims_of_strongest});

  ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> actor,
                          world.Latest(Actors(), {facility[0], strongest}));
  if (actor) table->Set(facility, "actor", actor->value, {actor->position});

  // One claim is enough for "executed"; "not executed" rests on all of them.
  const bool executed = strongest == kExecuted;
  table->Set(facility, "executed", FlagValue(executed),
             {executed ? claims_of_strongest : ContributionsOf{Stages(), facility}});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  TableBuilder table({"population", "stage", "actor", "executed"});
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> populations,
                          world.AllLatest(Population(), {}));
  for (const RegisterRow& row : populations) {
    table.Set(row.key, "population", row.value, {row.position});
  }
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> claimed, world.Counts(Stages(), {}));
  for (const SetRow& facility : claimed) {
    ANNALS_RETURN_IF_ERROR(SetClosure(world, facility.key, &table));
  }
  return table.Build();
}

}  // namespace

Projection FacilitiesProjection() {
  return {.name = Population().projection,
          .version = 1,
          .measures = {{Population().measure, MeasureKind::kRegister, {"facility"}},
                       {Stages().measure, MeasureKind::kSet, {"facility"}},
                       {Actors().measure, MeasureKind::kRegister, {"facility", "stage"}}},
          .project = Project};
}

View FacilitiesView() {
  return {.name = "facilities",
          .description = "Prisons: how many they hold, and how far their closure is claimed to be.",
          .columns = {KeyColumn("facility"), QuantityColumn("population", "persons"),
                      TextColumn("stage"), TextColumn("actor"), FlagColumn("executed")},
          .evaluate = Evaluate};
}

}  // namespace annals::venezuela
