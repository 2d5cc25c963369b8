#include "cli/event_lines.h"

#include <algorithm>

#include "engine/base/status.h"
#include "engine/query/json.h"
#include "engine/render/csv.h"
#include "engine/render/events.h"
#include "engine/render/markdown.h"
#include "engine/render/text.h"

namespace annals {

EventLines::EventLines(Session* session)
    : session_(session), titles_(EventListTable(false)), widths_(titles_.columns.size(), 0) {}

absl::Status EventLines::Print(const v1::Event& event) {
  const Format format = session_->options().format;
  std::ostream& out = session_->out();
  if (format == Format::kJson) {
    ANNALS_ASSIGN_OR_RETURN(const std::string json, EventToJson(event, {}));
    session_->PrintJson(json);
    out.flush();
    return absl::OkStatus();
  }
  const std::vector<Table::Cell> row = EventListRow(event);
  const bool first = !begun_;
  begun_ = true;
  if (format == Format::kCsv) {
    if (first) WriteCsvHeader(titles_, out);
    WriteCsvRow(row, out);
    out.flush();
    return absl::OkStatus();
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
  return absl::OkStatus();
}

void EventLines::PrintCells(const std::vector<std::string>& cells) {
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
