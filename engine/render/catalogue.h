// What there is — timelines, views, event types, counts — as tables.
#ifndef ANNALS_ENGINE_RENDER_CATALOGUE_H_
#define ANNALS_ENGINE_RENDER_CATALOGUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/render/table.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// A row each, in the response's order. INVALID_ARGUMENT if a home zone isn't on this
// machine.
absl::StatusOr<Table> TimelinesTable(const v1::ListTimelinesResponse& response);
Table ViewsTable(const v1::ListViewsResponse& response);
Table TypesTable(const v1::ListTypesResponse& response);

// What is counted, a row each.
Table StatsTable(const v1::GetStatsResponse& stats);

// An empty table like that one, for findings of other kinds; and a row of it.
Table FindingsTable(std::string name);
std::vector<Table::Cell> ProjectionRow(const std::string& timeline, const std::string& projection,
                                       uint64_t position, absl::string_view failure);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_CATALOGUE_H_
