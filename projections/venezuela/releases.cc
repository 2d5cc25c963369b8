#include "projections/venezuela/releases.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "projections/annals/table_builder.h"
#include "projections/venezuela/release_measures.h"

namespace annals::venezuela {
namespace {

// The members of each group in `set`, as one text a group.
absl::Status SetMembers(const World& world, ReleaseMeasure set, absl::string_view column,
                        TableBuilder* table) {
  const MeasureRef measure = RefTo(set);
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> groups, world.Counts(measure, {}));
  for (const SetRow& group : groups) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> members,
                            world.Members(measure, group.key));
    table->Set(group.key, column, TextValue(absl::StrJoin(members, ", ")),
               {ContributionsOf{measure, group.key}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  TableBuilder table({"occurred", "nationalities", "status", "verifier"});
  const MeasureRef dates = RefTo(ReleaseMeasure::kDates);
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows, world.AllLatest(dates, {}));
  // "reported" is ordered before "verified", which so has the last word.
  for (const RegisterRow& row : rows) {
    const Key person = {row.key[0]};
    table.Set(person, "occurred", row.value, {row.position});
    table.Set(person, "status", TextValue(row.key[1]), {ContributionsOf{dates, row.key}});
  }
  ANNALS_RETURN_IF_ERROR(
      SetMembers(world, ReleaseMeasure::kNationalities, "nationalities", &table));
  ANNALS_RETURN_IF_ERROR(SetMembers(world, ReleaseMeasure::kVerifiers, "verifier", &table));
  return table.Build();
}

}  // namespace

View ReleasesView() {
  return {.name = "releases",
          .description = "The people said to be released, by name, and who verified it.",
          .columns = {KeyColumn("person"), DateColumn("occurred"), TextColumn("nationalities"),
                      TextColumn("status"), TextColumn("verifier")},
          .evaluate = Evaluate};
}

}  // namespace annals::venezuela
