#include "projections/venezuela/verification_gap.h"

#include <optional>
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

const Key& Everyone() {
  static const auto* const key = new Key{std::string(kEveryone)};
  return *key;
}

absl::Status SetCounts(const World& world, TableBuilder* table) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> claimed,
                          world.Latest(RefTo(ReleaseMeasure::kClaimed), Everyone()));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> verified, LatestVerifiedTotal(world));
  if (claimed) table->Set(Everyone(), "claimed", claimed->value, {claimed->position});
  if (verified) table->Set(Everyone(), "verified", verified->value, {verified->position});
  if (!claimed || !verified) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const Quantity minuend, Quantity::FromProto(claimed->value.quantity()));
  ANNALS_ASSIGN_OR_RETURN(const Quantity subtrahend,
                          Quantity::FromProto(verified->value.quantity()));
  ANNALS_ASSIGN_OR_RETURN(const Quantity gap, Subtract(minuend, subtrahend));
  table->Set(Everyone(), "gap", QuantityValue(gap), {claimed->position, verified->position});
  return absl::OkStatus();
}

// The floor rests on whatever reaches it; the counts below it don't carry it.
absl::Status SetFloor(const World& world, TableBuilder* table) {
  const MeasureRef people = RefTo(ReleaseMeasure::kPeople);
  ANNALS_ASSIGN_OR_RETURN(const uint64_t named, world.CountMembers(people, Everyone()));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> totals,
                          world.AllLatest(RefTo(ReleaseMeasure::kTotals), {}));
  int64_t floor = static_cast<int64_t>(named);
  std::optional<EvidenceSource> evidence;
  if (named > 0) evidence = ContributionsOf{people, Everyone()};
  for (const RegisterRow& total : totals) {
    const v1::Quantity& count = total.value.quantity();
    if (!count.has_lower() || count.lower() <= floor) continue;
    floor = count.lower();
    evidence = total.position;
  }
  if (evidence) {
    table->Set(Everyone(), "floor", QuantityValue(Quantity::AtLeast(floor)), {*evidence});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  TableBuilder table({"claimed", "verified", "gap", "floor"});
  ANNALS_RETURN_IF_ERROR(SetCounts(world, &table));
  ANNALS_RETURN_IF_ERROR(SetFloor(world, &table));
  return table.Build();
}

}  // namespace

View VerificationGapView() {
  return {.name = "verification-gap",
          .description = "How many releases the government claims beyond those verified.",
          .columns = {KeyColumn("scope"), QuantityColumn("claimed", "persons"),
                      QuantityColumn("verified", "persons"), QuantityColumn("gap", "persons"),
                      QuantityColumn("floor", "persons")},
          .evaluate = Evaluate};
}

}  // namespace annals::venezuela
