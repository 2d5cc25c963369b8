#include "tests/testing/lighthouses/lighthouses.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/query/view.h"
#include "engine/query/world.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::testing {
namespace {

using ::lighthouses::v1::KeeperAppointed;
using ::lighthouses::v1::LampTended;
using ::lighthouses::v1::ShipsSighted;
using ::lighthouses::v1::VisitorsCame;

absl::Status ProjectVisits(const ProjectedEvent& event, Contributions* out) {
  const auto* visit = event.As<VisitorsCame>();
  if (visit == nullptr) return absl::OkStatus();
  for (const v1::Quantity& party : visit->parties()) {
    ANNALS_ASSIGN_OR_RETURN(const Quantity quantity, Quantity::FromProto(party));
    out->Tally("visitors", {visit->coast(), visit->lighthouse()}, quantity);
  }
  for (const std::string& nation : visit->nations()) {
    out->Member("nations", {visit->coast()}, nation);
  }
  return absl::OkStatus();
}

absl::Status ProjectService(const ProjectedEvent& event, Contributions* out) {
  if (const auto* appointed = event.As<KeeperAppointed>()) {
    out->Register("keeper", {appointed->lighthouse()}, TextValue(appointed->keeper()));
  }
  if (const auto* sighted = event.As<ShipsSighted>()) {
    for (const std::string& ship : sighted->ships()) {
      out->Member("ships", {sighted->coast(), sighted->lighthouse()}, ship);
    }
  }
  const auto* tended = event.As<LampTended>();
  if (tended == nullptr) return absl::OkStatus();
  const Key key = {tended->coast(), tended->lighthouse()};
  for (const bool lit : tended->lit()) out->Register("lamp", key, FlagValue(lit));
  if (tended->has_range_miles()) {
    ANNALS_ASSIGN_OR_RETURN(const Quantity range, Quantity::FromProto(tended->range_miles()));
    out->Register("range", key, QuantityValue(range));
  }
  out->Register("tended", {tended->lighthouse()}, event.OccurredValue());
  return absl::OkStatus();
}

WorldCell TallyCell(const TallyRow& row) {
  return {QuantityValue(row.sum), {ContributionsOf{VisitorsMeasure(), row.key}}};
}

WorldCell RegisterCell(const RegisterRow& row) { return {row.value, {row.position}}; }

WorldCell CountCell(const MeasureRef& set, const Key& group, uint64_t members) {
  return {QuantityValue(Quantity::Exactly(static_cast<int64_t>(members))),
          {ContributionsOf{set, group}}};
}

// Puts the cells of several measures with the same key beside each other.
std::vector<WorldRow> ToRows(std::map<Key, std::vector<WorldCell>> cells) {
  std::vector<WorldRow> rows;
  for (auto& [key, row] : cells) rows.push_back({key, std::move(row)});
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateVisitors(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> sums, world.Sums(VisitorsMeasure(), {}));
  std::vector<WorldRow> rows;
  for (const TallyRow& row : sums) rows.push_back({row.key, {TallyCell(row)}});
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateCoasts(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> sums, world.Sums(VisitorsMeasure(), {}));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> nations, world.Counts(NationsMeasure(), {}));
  std::map<std::string, Quantity> totals;
  for (const TallyRow& row : sums) {
    const auto [total, first] = totals.try_emplace(row.key[0], row.sum);
    if (first) continue;
    ANNALS_ASSIGN_OR_RETURN(total->second, Add(total->second, row.sum));
  }
  std::map<Key, std::vector<WorldCell>> cells;
  for (const auto& [coast, total] : totals) {
    cells.try_emplace({coast}, 2).first->second[0] = TallyCell({{coast}, total});
  }
  for (const SetRow& row : nations) {
    cells.try_emplace(row.key, 2).first->second[1] =
        CountCell(NationsMeasure(), row.key, row.members);
  }
  return ToRows(std::move(cells));
}

// Rows of registers that share their key, one column each.
absl::StatusOr<std::vector<WorldRow>> EvaluateRegisters(const World& world,
                                                        const std::vector<MeasureRef>& columns) {
  std::map<Key, std::vector<WorldCell>> cells;
  for (size_t column = 0; column < columns.size(); ++column) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows,
                            world.AllLatest(columns[column], {}));
    for (const RegisterRow& row : rows) {
      cells.try_emplace(row.key, columns.size()).first->second[column] = RegisterCell(row);
    }
  }
  return ToRows(std::move(cells));
}

absl::StatusOr<std::vector<WorldRow>> EvaluateTraffic(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> counts, world.Counts(ShipsMeasure(), {}));
  std::vector<WorldRow> rows;
  for (const SetRow& row : counts) {
    rows.push_back({row.key, {CountCell(ShipsMeasure(), row.key, row.members)}});
  }
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateShips(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> counts, world.Counts(ShipsMeasure(), {}));
  std::vector<WorldRow> rows;
  for (const SetRow& group : counts) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> ships,
                            world.Members(ShipsMeasure(), group.key));
    for (const std::string& ship : ships) {
      Key key = group.key;
      key.push_back(ship);
      rows.push_back({key, {{FlagValue(true), {ContributionsOf{ShipsMeasure(), key}}}}});
    }
  }
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateBeacon(const World& world) {
  const Key group = {kBeaconCoast, kBeacon};
  ANNALS_ASSIGN_OR_RETURN(const std::optional<Quantity> visitors,
                          world.Sum(VisitorsMeasure(), group));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> keeper,
                          world.Latest(KeeperMeasure(), {kBeacon}));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t ships, world.CountMembers(ShipsMeasure(), group));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> fleet,
                          world.Members(ShipsMeasure(), group));
  std::vector<WorldCell> cells(4);
  if (visitors) cells[0] = TallyCell({group, *visitors});
  if (keeper) cells[1] = RegisterCell(*keeper);
  if (ships > 0) cells[2] = CountCell(ShipsMeasure(), group, ships);
  if (!fleet.empty()) {
    cells[3] = {TextValue(absl::StrJoin(fleet, ", ")), {ContributionsOf{ShipsMeasure(), group}}};
  }
  std::vector<WorldRow> rows;
  if (visitors || keeper || ships > 0 || !fleet.empty()) rows.push_back({{kBeacon}, cells});
  return rows;
}

std::vector<Projection> Projections() {
  return {
      Projection{.name = "lighthouses.visits",
                 .version = 1,
                 .measures = {{"visitors", MeasureKind::kTally, {"coast", "lighthouse"}},
                              {"nations", MeasureKind::kSet, {"coast"}}},
                 .project = ProjectVisits},
      Projection{.name = "lighthouses.service",
                 .version = 1,
                 .measures = {{"keeper", MeasureKind::kRegister, {"lighthouse"}},
                              {"lamp", MeasureKind::kRegister, {"coast", "lighthouse"}},
                              {"range", MeasureKind::kRegister, {"coast", "lighthouse"}},
                              {"tended", MeasureKind::kRegister, {"lighthouse"}},
                              {"ships", MeasureKind::kSet, {"coast", "lighthouse"}}},
                 .project = ProjectService},
  };
}

std::vector<View> Views() {
  const v1::Column coast = KeyColumn("coast");
  const v1::Column lighthouse = KeyColumn("lighthouse");
  return {
      {"visitors",
       "How many visitors came to each lighthouse.",
       {coast, lighthouse, QuantityColumn("visitors", "persons")},
       EvaluateVisitors},
      {"coasts",
       "Visitors and their nations, by coast.",
       {coast, QuantityColumn("visitors", "persons"), QuantityColumn("nations", "nations")},
       EvaluateCoasts},
      {"keepers",
       "Who keeps each lighthouse, and when its lamp was last tended.",
       {lighthouse, TextColumn("keeper"), DateColumn("tended")},
       [](const World& world) {
         return EvaluateRegisters(world, {KeeperMeasure(), TendedMeasure()});
       }},
      {"lamps",
       "Whether each lamp burns, and how far it carries.",
       {coast, lighthouse, FlagColumn("lit"), QuantityColumn("range", "miles")},
       [](const World& world) {
         return EvaluateRegisters(world, {LampMeasure(), RangeMeasure()});
       }},
      {"ships",
       "Which ships were seen from each lighthouse.",
       {coast, lighthouse, KeyColumn("ship"), FlagColumn("seen")},
       EvaluateShips},
      {"traffic",
       "How many different ships were seen from each lighthouse.",
       {coast, lighthouse, QuantityColumn("ships", "ships")},
       EvaluateTraffic},
      {"beacon",
       "All that is known of one lighthouse.",
       {lighthouse, QuantityColumn("visitors", "persons"), TextColumn("keeper"),
        QuantityColumn("ships", "ships"), TextColumn("fleet")},
       EvaluateBeacon},
  };
}

}  // namespace

MeasureRef VisitorsMeasure() { return {"lighthouses.visits", "visitors"}; }
MeasureRef NationsMeasure() { return {"lighthouses.visits", "nations"}; }
MeasureRef KeeperMeasure() { return {"lighthouses.service", "keeper"}; }
MeasureRef LampMeasure() { return {"lighthouses.service", "lamp"}; }
MeasureRef RangeMeasure() { return {"lighthouses.service", "range"}; }
MeasureRef TendedMeasure() { return {"lighthouses.service", "tended"}; }
MeasureRef ShipsMeasure() { return {"lighthouses.service", "ships"}; }

Domain LighthousesDomain() {
  return {.name = "lighthouses",
          .description = "What the logbooks of a coast's lighthouses say.",
          .types = {VisitorsCame::descriptor(), KeeperAppointed::descriptor(),
                    LampTended::descriptor(), ShipsSighted::descriptor()},
          .projections = Projections(),
          .views = Views()};
}

}  // namespace annals::testing
