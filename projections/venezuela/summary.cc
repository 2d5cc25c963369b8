#include "projections/venezuela/summary.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "google/protobuf/descriptor.h"
#include "projections/annals/asserter.h"
#include "projections/annals/table_builder.h"
#include "projections/venezuela/closure.h"

namespace annals::venezuela {
namespace {

MeasureRef Occurred() { return {"venezuela.summary", "occurred"}; }
MeasureRef Asserter() { return {"venezuela.summary", "asserter"}; }

std::string KebabCase(absl::string_view type) {
  std::string fact;
  for (const char c : type) {
    if (absl::ascii_isupper(c) && !fact.empty()) fact += '-';
    fact += absl::ascii_tolower(c);
  }
  return fact;
}

std::string FactOf(const ProjectedEvent& event, const google::protobuf::Descriptor& type) {
  const std::optional<ClosureClaim> closure = ClosureClaimOf(event);
  if (!closure) return KebabCase(type.name());
  // Who demands a closure doesn't claim that there is to be one.
  return closure->stage == "demanded" ? "closure-demanded" : "closure-claimed";
}

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  if (event.payload == nullptr) return absl::OkStatus();
  const google::protobuf::Descriptor* type = event.payload->GetDescriptor();
  if (type->file()->package() != "venezuela.v1") return absl::OkStatus();
  const std::string fact = FactOf(event, *type);
  out->Register(Occurred().measure, {fact}, event.OccurredValue());
  out->Register(Asserter().measure, {fact}, TextValue(AsserterKey(event.event)));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  TableBuilder table({"occurred", "asserter"});
  for (const MeasureRef& measure : {Occurred(), Asserter()}) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows, world.AllLatest(measure, {}));
    for (const RegisterRow& row : rows) {
      table.Set(row.key, measure.measure, row.value, {row.position});
    }
  }
  return table.Build();
}

}  // namespace

Projection SummaryProjection() {
  return {.name = Occurred().projection,
          .version = 1,
          .measures = {{Occurred().measure, MeasureKind::kRegister, {"fact"}},
                       {Asserter().measure, MeasureKind::kRegister, {"fact"}}},
          .project = Project};
}

View SummaryView() {
  return {.name = "summary",
          .description = "When each kind of fact last happened, and who says so.",
          .columns = {KeyColumn("fact"), DateColumn("occurred"), TextColumn("asserter")},
          .evaluate = Evaluate};
}

}  // namespace annals::venezuela
