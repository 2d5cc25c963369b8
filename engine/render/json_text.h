// JSON that isn't a message's: listings, and answers gathered in one object.
#ifndef ANNALS_ENGINE_RENDER_JSON_TEXT_H_
#define ANNALS_ENGINE_RENDER_JSON_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/render/table.h"

namespace annals {

// A JSON string with its quotes. `text` is UTF-8.
std::string JsonString(absl::string_view text);

// An object of members whose values are JSON already, in the given order;
// pretty: two spaces a level, the values' own lines indented below it.
std::string JsonObject(const std::vector<std::pair<std::string, std::string>>& members,
                       bool pretty);

// An array of values that are JSON already.
std::string JsonArray(const std::vector<std::string>& values, bool pretty);

// One row as an object by column name: texts, numbers, and null for nothing.
std::string RowToJson(const Table& table, const std::vector<Table::Cell>& row, bool pretty);

// All rows as an array.
std::string RowsToJson(const Table& table, bool pretty);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_JSON_TEXT_H_
