#include "projections/venezuela/nationals_freed.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "projections/annals/table_builder.h"
#include "projections/venezuela/release_measures.h"

namespace annals::venezuela {
namespace {

constexpr char kNationalityNotStated[] = "ZZ";

// What one country's number is made of, in one world.
struct Country {
  std::vector<RegisterRow> totals;   // By asserter.
  std::vector<RegisterRow> batches;  // By asserter.
  uint64_t named = 0;
  std::vector<EvidenceSource> named_evidence;
};

using Countries = std::map<std::string, Country>;

absl::Status ReadCounts(const World& world, ReleaseMeasure measure,
                        std::vector<RegisterRow> Country::*rows_of, Countries* countries) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows, world.AllLatest(RefTo(measure), {}));
  for (const RegisterRow& row : rows) {
    if (row.key[0] != kEveryone) ((*countries)[row.key[0]].*rows_of).push_back(row);
  }
  return absl::OkStatus();
}

absl::Status ReadNamed(const World& world, Countries* countries) {
  const MeasureRef nationals = RefTo(ReleaseMeasure::kNationals);
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> rows, world.Counts(nationals, {}));
  for (const SetRow& row : rows) {
    Country& country = (*countries)[row.key[0]];
    country.named = row.members;
    country.named_evidence = {ContributionsOf{nationals, row.key}};
  }
  return absl::OkStatus();
}

// A nationality that one source states holds for the person everywhere, so
// these are the people about whom none does.
absl::Status ReadNamedWithoutNationality(const World& world, Countries* countries) {
  const MeasureRef people = RefTo(ReleaseMeasure::kPeople);
  const Key everyone = {std::string(kEveryone)};
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> persons, world.Members(people, everyone));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> stated,
                          world.Counts(RefTo(ReleaseMeasure::kNationalities), {}));
  std::set<std::string> of_stated_nationality;
  for (const SetRow& row : stated) of_stated_nationality.insert(row.key[0]);
  for (const std::string& person : persons) {
    if (of_stated_nationality.contains(person)) continue;
    Country& country = (*countries)[kNationalityNotStated];
    ++country.named;
    country.named_evidence.push_back(ContributionsOf{people, {everyone[0], person}});
  }
  return absl::OkStatus();
}

// A number of people at least released, and what it rests on.
struct Floor {
  int64_t count = 0;
  std::vector<EvidenceSource> evidence;
};

Floor GreatestFloor(const Country& country) {
  Floor floor = {static_cast<int64_t>(country.named), country.named_evidence};
  for (const RegisterRow& batch : country.batches) {
    const v1::Quantity& count = batch.value.quantity();
    if (count.has_lower() && count.lower() > floor.count) floor = {count.lower(), {batch.position}};
  }
  return floor;
}

// Without a value if nothing is known: a batch of "at most 3" may be nobody.
absl::StatusOr<WorldCell> FreedCell(const Country& country) {
  const Floor floor = GreatestFloor(country);
  const std::optional<RegisterRow> newest = LatestOf(country.totals);
  if (!newest) {
    if (floor.evidence.empty()) return WorldCell();
    return WorldCell{QuantityValue(Quantity::AtLeast(floor.count)), floor.evidence};
  }
  WorldCell cell = {newest->value, {newest->position}};
  ANNALS_ASSIGN_OR_RETURN(Quantity freed, Quantity::FromProto(newest->value.quantity()));
  if (floor.evidence.empty() || (freed.lower && *freed.lower >= floor.count)) return cell;
  freed.lower = floor.count;
  if (freed.upper) freed.upper = std::max(*freed.upper, floor.count);
  cell.value = QuantityValue(freed);
  cell.evidence.insert(cell.evidence.end(), floor.evidence.begin(), floor.evidence.end());
  return cell;
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  Countries countries;
  ANNALS_RETURN_IF_ERROR(ReadCounts(world, ReleaseMeasure::kTotals, &Country::totals, &countries));
  ANNALS_RETURN_IF_ERROR(
      ReadCounts(world, ReleaseMeasure::kBatches, &Country::batches, &countries));
  ANNALS_RETURN_IF_ERROR(ReadNamed(world, &countries));
  ANNALS_RETURN_IF_ERROR(ReadNamedWithoutNationality(world, &countries));
  TableBuilder table({"freed"});
  for (const auto& [name, country] : countries) {
    ANNALS_ASSIGN_OR_RETURN(WorldCell cell, FreedCell(country));
    if (cell.value) table.Set({name}, "freed", *cell.value, cell.evidence);
  }
  return table.Build();
}

}  // namespace

View NationalsFreedView() {
  return {.name = "nationals-freed",
          .description = "How many nationals of each country were released, never added up.",
          .columns = {KeyColumn("country"), QuantityColumn("freed", "persons")},
          .evaluate = Evaluate};
}

}  // namespace annals::venezuela
