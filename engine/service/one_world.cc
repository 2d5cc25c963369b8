#include "engine/service/one_world.h"

#include <algorithm>

namespace annals {
namespace {

void KeepInCell(v1::World world, v1::Cell* cell) {
  if (world == v1::CERTAIN) {
    cell->clear_possible();
  } else {
    cell->clear_certain();
  }
  auto* const evidence = cell->mutable_evidence();
  evidence->erase(
      std::remove_if(evidence->begin(), evidence->end(),
                     [world](const v1::Evidence& each) { return each.world() != world; }),
      evidence->end());
}

bool HasValue(const v1::Row& row) {
  return std::any_of(row.cells().begin(), row.cells().end(), [](const auto& entry) {
    return entry.second.has_certain() || entry.second.has_possible();
  });
}

}  // namespace

void KeepOneWorld(v1::World world, v1::ViewResult* result) {
  if (world == v1::WORLD_UNSPECIFIED) return;
  result->set_world(world);
  for (v1::Row& row : *result->mutable_rows()) {
    for (auto& [column, cell] : *row.mutable_cells()) KeepInCell(world, &cell);
  }
  auto* const rows = result->mutable_rows();
  rows->erase(
      std::remove_if(rows->begin(), rows->end(), [](const v1::Row& row) { return !HasValue(row); }),
      rows->end());
}

}  // namespace annals
