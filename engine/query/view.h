// View: a named table, computed from the contributions of one world.
//
//   View{.name = "freed", .columns = {...}, .evaluate = EvaluateFreed}
#ifndef ANNALS_ENGINE_QUERY_VIEW_H_
#define ANNALS_ENGINE_QUERY_VIEW_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/query/world.h"
#include "proto/annals/v1/value.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Every contribution under a measure's key prefix: evidence that is listed
// when it is asked for, however much there is.
struct ContributionsOf {
  MeasureRef measure;
  Key prefix;
};

// What a cell's value rests on: one event, or all that contributes somewhere.
using EvidenceSource = std::variant<Position, ContributionsOf>;

// A cell in one world. No value: nothing is recorded there; then there is no
// evidence either. A value without evidence is a bug of the view.
struct WorldCell {
  std::optional<v1::Value> value;
  std::vector<EvidenceSource> evidence;
};

// A row in one world: its key, and a cell for each column that isn't a key.
struct WorldRow {
  Key key;
  std::vector<WorldCell> cells;
};

// `evaluate` is a pure function of one world; the engine runs it in both and
// joins the rows by key. Errors: those of World; others only for bugs.
struct View {
  std::string name;                 // As in a URL: "remaining-prisoners".
  std::string description;          // One sentence, for `annals views`.
  std::vector<v1::Column> columns;  // Key columns first; at least one.
  std::function<absl::StatusOr<std::vector<WorldRow>>(const World&)> evaluate;
};

// For tables of columns: KeyColumn("country"), QuantityColumn("freed", "persons").
v1::Column KeyColumn(std::string name);
v1::Column QuantityColumn(std::string name, std::string unit);
v1::Column TextColumn(std::string name);
v1::Column DateColumn(std::string name);
v1::Column FlagColumn(std::string name);
v1::Column AnyColumn(std::string name);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VIEW_H_
