// Tables as CSV. What a reader that knows RFC 4180 makes of one is the table again,
// cell by cell, with the one change that csv.h states: what a spreadsheet would run has
// an apostrophe before it.
//
// An input: the number of columns, then cells, each a byte that says of what kind it is
// and how long, and its bytes.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/render/csv.h"
#include "engine/render/table.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;
using Cells = std::vector<std::string>;

Table::Cell TakeCell(absl::string_view* input) {
  const auto head = static_cast<uint8_t>(input->front());
  input->remove_prefix(1);
  const absl::string_view bytes = input->substr(0, head / 4);
  input->remove_prefix(bytes.size());
  if (head % 4 == 0) return {};
  if (head % 4 != 1) return std::string(bytes);
  int64_t number = 0;
  for (const char byte : bytes.substr(0, 8)) {
    number = static_cast<int64_t>(static_cast<uint64_t>(number) << 8 | static_cast<uint8_t>(byte));
  }
  return number;
}

Table MakeTable(absl::string_view input) {
  const size_t columns = 1 + static_cast<uint8_t>(input.front()) % 5;
  input.remove_prefix(1);
  Table table;
  for (size_t i = 0; i < columns; ++i) {
    const Table::Cell title = input.empty() ? Table::Cell() : TakeCell(&input);
    table.columns.push_back({title.text() == nullptr ? "title" : *title.text()});
  }
  while (!input.empty()) {
    table.rows.emplace_back();
    for (size_t i = 0; i < columns; ++i) {
      table.rows.back().push_back(input.empty() ? Table::Cell() : TakeCell(&input));
    }
  }
  return table;
}

std::string Expected(const Table::Cell& cell) {
  if (const int64_t* number = cell.number()) return absl::StrCat(*number);
  if (cell.text() == nullptr || cell.text()->empty()) return "";
  const bool runs = std::string("=+-@\t\r").find(cell.text()->front()) != std::string::npos;
  return absl::StrCat(runs ? "'" : "", *cell.text());
}

// RFC 4180 and nothing else; absent where the bytes are none.
std::optional<std::vector<Cells>> Read(absl::string_view text) {
  std::vector<Cells> rows(1);
  while (true) {
    std::string cell;
    if (!text.empty() && text.front() == '"') {
      for (text.remove_prefix(1);; text.remove_prefix(1)) {
        if (text.empty()) return std::nullopt;
        if (text.front() == '"') {
          text.remove_prefix(1);
          if (text.empty() || text.front() != '"') break;
        }
        cell += text.front();
      }
    } else {
      const size_t size = text.find_first_of(",\"\r\n");
      if (size == absl::string_view::npos) return std::nullopt;
      cell = std::string(text.substr(0, size));
      text.remove_prefix(size);
    }
    rows.back().push_back(std::move(cell));
    if (text.substr(0, 1) == ",") {
      text.remove_prefix(1);
    } else if (text.substr(0, 2) == "\r\n") {
      text.remove_prefix(2);
      if (text.empty()) return rows;
      rows.emplace_back();
    } else {
      return std::nullopt;
    }
  }
}

void RoundTrip(const Table& table) {
  std::ostringstream out;
  WriteCsv(table, out);
  const auto rows = Read(out.str());
  Require(rows.has_value(), "it is CSV: " + out.str());
  Require(rows->size() == table.rows.size() + 1, "it has a header and every row: " + out.str());
  for (size_t row = 0; row < rows->size(); ++row) {
    const Cells& read = (*rows)[row];
    Require(read.size() == table.columns.size(), "every row has every cell: " + out.str());
    for (size_t i = 0; i < read.size(); ++i) {
      const std::string expected =
          row == 0 ? Expected(table.columns[i].Name()) : Expected(table.rows[row - 1][i]);
      Require(read[i] == expected, "a cell reads as it was: " + expected + " in " + out.str());
    }
  }
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  annals::RoundTrip(annals::MakeTable({reinterpret_cast<const char*>(data), size}));
  return 0;
}
