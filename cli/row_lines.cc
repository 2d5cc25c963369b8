#include "cli/row_lines.h"

#include <algorithm>
#include <utility>

#include "engine/render/csv.h"
#include "engine/render/markdown.h"
#include "engine/render/text.h"

namespace annals {

RowLines::RowLines(Session* session, Table titles)
    : session_(session), titles_(std::move(titles)), widths_(titles_.columns.size(), 0) {}

void RowLines::Print(const std::vector<Table::Cell>& row) {
  const Format format = session_->options().format;
  std::ostream& out = session_->out();
  const bool first = !begun_;
  begun_ = true;
  if (format == Format::kCsv) {
    if (first) WriteCsvHeader(titles_, out);
    WriteCsvRow(row, out);
    out.flush();
    return;
  }
  std::vector<std::string> titles;
  std::vector<std::string> cells;
  for (size_t i = 0; i < row.size(); ++i) {
    const Table::Column& column = titles_.columns[i];
    titles.push_back(column.title);
    const std::string text = row[i].Display(column.kind);
    cells.push_back(format == Format::kMarkdown ? MarkdownText(text) : text);
  }
  if (first) {
    for (size_t i = 0; i < cells.size(); ++i) widths_[i] = DisplayWidth(cells[i]);
    PrintCells(titles);
    if (format == Format::kMarkdown) PrintCells(std::vector<std::string>(titles.size(), "---"));
  }
  PrintCells(cells);
  out.flush();
}

void RowLines::PrintCells(const std::vector<std::string>& cells) {
  std::ostream& out = session_->out();
  if (session_->options().format == Format::kMarkdown) {
    for (const std::string& cell : cells) out << "| " << cell << ' ';
    out << "|\n";
    return;
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    out << cells[i];
    if (i + 1 == cells.size()) break;
    const size_t width = DisplayWidth(cells[i]);
    widths_[i] = std::max(widths_[i], width);
    out << std::string(widths_[i] - width + 2, ' ');
  }
  out << '\n';
}

}  // namespace annals
