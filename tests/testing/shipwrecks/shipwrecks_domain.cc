#include "tests/testing/shipwrecks/shipwrecks_domain.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/query/view.h"
#include "engine/query/world.h"
#include "tests/testing/shipwrecks/shipwrecks.pb.h"

namespace annals::testing {
namespace {

const MeasureRef kLost = {"shipwrecks.sinkings", "lost"};
const MeasureRef kSunk = {"shipwrecks.sinkings", "sunk"};
const MeasureRef kSea = {"shipwrecks.sinkings", "sea"};
const MeasureRef kCrew = {"shipwrecks.crews", "crew"};
const MeasureRef kIntact = {"shipwrecks.wrecks", "intact"};

absl::Status ProjectSinkings(const ProjectedEvent& event, Contributions* contributions) {
  const auto* const sunk = event.As<shipwrecks::v1::ShipSunk>();
  if (sunk == nullptr) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const Quantity lost, Quantity::FromProto(sunk->lost()));
  contributions->Tally("lost", {sunk->sea()}, lost);
  contributions->Register("sunk", {sunk->ship()}, event.OccurredValue());
  contributions->Register("sea", {sunk->ship()}, TextValue(sunk->sea()));
  return absl::OkStatus();
}

absl::Status ProjectCrews(const ProjectedEvent& event, Contributions* contributions) {
  const auto* const crew = event.As<shipwrecks::v1::CrewListed>();
  if (crew == nullptr) return absl::OkStatus();
  for (const std::string& person : crew->persons()) {
    contributions->Member("crew", {crew->ship()}, person);
  }
  return absl::OkStatus();
}

absl::Status ProjectWrecks(const ProjectedEvent& event, Contributions* contributions) {
  const auto* const found = event.As<shipwrecks::v1::WreckFound>();
  if (found != nullptr) {
    contributions->Register("intact", {found->ship()}, FlagValue(found->intact()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> EvaluateLosses(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> sums, world.Sums(kLost, {}));
  std::vector<WorldRow> rows;
  for (const TallyRow& sum : sums) {
    rows.push_back({sum.key, {{QuantityValue(sum.sum), {ContributionsOf{kLost, sum.key}}}}});
  }
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateShips(const World& world) {
  std::map<Key, std::vector<WorldCell>> ships;
  const auto cell = [&](const Key& ship, size_t column) -> WorldCell& {
    std::vector<WorldCell>& cells = ships[ship];
    cells.resize(4);
    return cells[column];
  };
  const std::pair<MeasureRef, size_t> registers[] = {{kSunk, 0}, {kSea, 2}, {kIntact, 3}};
  for (const auto& [measure, column] : registers) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> latest, world.AllLatest(measure, {}));
    for (const RegisterRow& row : latest) cell(row.key, column) = {row.value, {row.position}};
  }
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> crews, world.Counts(kCrew, {}));
  for (const SetRow& crew : crews) {
    cell(crew.key, 1) = {QuantityValue(Quantity::Exactly(static_cast<int64_t>(crew.members))),
                         {ContributionsOf{kCrew, crew.key}}};
  }
  std::vector<WorldRow> rows;
  for (auto& [ship, cells] : ships) rows.push_back({ship, std::move(cells)});
  return rows;
}

std::vector<Projection> MakeProjections() {
  return {
      Projection{.name = kLost.projection,
                 .measures = {{"lost", MeasureKind::kTally, {"sea"}},
                              {"sunk", MeasureKind::kRegister, {"ship"}},
                              {"sea", MeasureKind::kRegister, {"ship"}}},
                 .project = ProjectSinkings},
      Projection{.name = kCrew.projection,
                 .measures = {{"crew", MeasureKind::kSet, {"ship"}}},
                 .project = ProjectCrews},
      Projection{.name = kIntact.projection,
                 .measures = {{"intact", MeasureKind::kRegister, {"ship"}}},
                 .project = ProjectWrecks},
  };
}

}  // namespace

Domain Shipwrecks() {
  Domain domain;
  domain.name = "shipwrecks";
  domain.description = "Ships that were lost, and who was aboard.";
  domain.types = {shipwrecks::v1::ShipSunk::descriptor(), shipwrecks::v1::CrewListed::descriptor(),
                  shipwrecks::v1::WreckFound::descriptor(),
                  shipwrecks::v1::Everything::descriptor()};
  domain.projections = MakeProjections();
  domain.views = {
      View{.name = "ships",
           .description = "Each ship: when it sank, its crew, where, and whether it is intact.",
           .columns = {KeyColumn("ship"), DateColumn("sunk"), QuantityColumn("crew", "persons"),
                       TextColumn("sea"), FlagColumn("intact")},
           .evaluate = EvaluateShips},
      View{.name = "losses",
           .description = "How many persons each sea took.",
           .columns = {KeyColumn("sea"), QuantityColumn("lost", "persons")},
           .evaluate = EvaluateLosses},
  };
  return domain;
}

}  // namespace annals::testing
