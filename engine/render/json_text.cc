#include "engine/render/json_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace annals {
namespace {

// JSON strings hold no raw line breaks, so that every line break is layout.
std::string Indented(const std::string& json) {
  return absl::StrReplaceAll(json, {{"\n", "\n  "}});
}

std::string Enclosed(char open, const std::vector<std::string>& items, char close, bool pretty) {
  std::string json(1, open);
  if (items.empty()) return json + close;
  if (!pretty) return absl::StrCat(json, absl::StrJoin(items, ", "), std::string(1, close));
  for (size_t i = 0; i < items.size(); ++i) {
    absl::StrAppend(&json, i == 0 ? "\n  " : ",\n  ", Indented(items[i]));
  }
  absl::StrAppend(&json, "\n", std::string(1, close));
  return json;
}

std::string CellToJson(const Table::Cell& cell) {
  if (const std::string* text = cell.text()) return JsonString(*text);
  if (const int64_t* number = cell.number()) return absl::StrCat(*number);
  return "null";
}

}  // namespace

std::string JsonString(absl::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&json, "\\u%04x", static_cast<unsigned char>(c));
        } else {
          json += c;
        }
    }
  }
  return json + '"';
}

std::string JsonObject(const std::vector<std::pair<std::string, std::string>>& members,
                       bool pretty) {
  std::vector<std::string> items;
  for (const auto& [name, value] : members) {
    items.push_back(absl::StrCat(JsonString(name), ": ", value));
  }
  return Enclosed('{', items, '}', pretty);
}

std::string JsonArray(const std::vector<std::string>& values, bool pretty) {
  return Enclosed('[', values, ']', pretty);
}

std::string RowToJson(const Table& table, const std::vector<Table::Cell>& row, bool pretty) {
  std::vector<std::pair<std::string, std::string>> members;
  for (size_t i = 0; i < row.size(); ++i) {
    members.emplace_back(table.columns[i].Name(), CellToJson(row[i]));
  }
  return JsonObject(members, pretty);
}

std::string RowsToJson(const Table& table, bool pretty) {
  std::vector<std::string> rows;
  for (const std::vector<Table::Cell>& row : table.rows) {
    rows.push_back(RowToJson(table, row, pretty));
  }
  return JsonArray(rows, pretty);
}

}  // namespace annals
