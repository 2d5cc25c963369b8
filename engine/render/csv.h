// Tables as CSV (RFC 4180), safe to open in a spreadsheet.
#ifndef ANNALS_ENGINE_RENDER_CSV_H_
#define ANNALS_ENGINE_RENDER_CSV_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/render/table.h"

namespace annals {

// A text cell. Quoted where it holds a comma, a quote or a line break. One that
// begins with = + - @, a tab or a carriage return gets a leading apostrophe, so
// that a spreadsheet shows it instead of running it.
std::string CsvText(absl::string_view text);

// A header and the rows, lines ended by CRLF; nothing recorded is an empty
// cell; numbers are digits and stay numbers, negative ones too.
void WriteCsv(const Table& table, std::ostream& out);

// The two halves, for what is streamed.
void WriteCsvHeader(const Table& table, std::ostream& out);
void WriteCsvRow(const std::vector<Table::Cell>& row, std::ostream& out);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_CSV_H_
