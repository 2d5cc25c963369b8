#include "engine/render/csv.h"

#include "absl/strings/str_replace.h"

namespace annals {
namespace {

bool RunsInSpreadsheets(char first) {
  return absl::string_view("=+-@\t\r").find(first) != absl::string_view::npos;
}

}  // namespace

std::string CsvText(absl::string_view text) {
  std::string cell(text);
  if (!cell.empty() && RunsInSpreadsheets(cell[0])) cell.insert(0, "'");
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  return "\"" + absl::StrReplaceAll(cell, {{"\"", "\"\""}}) + "\"";
}

void WriteCsvHeader(const Table& table, std::ostream& out) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    out << (i == 0 ? "" : ",") << CsvText(table.columns[i].Name());
  }
  out << "\r\n";
}

void WriteCsvRow(const std::vector<Table::Cell>& row, std::ostream& out) {
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out << ',';
    if (const std::string* text = row[i].text()) out << CsvText(*text);
    if (const int64_t* number = row[i].number()) out << *number;
  }
  out << "\r\n";
}

void WriteCsv(const Table& table, std::ostream& out) {
  WriteCsvHeader(table, out);
  for (const std::vector<Table::Cell>& row : table.rows) WriteCsvRow(row, out);
}

}  // namespace annals
