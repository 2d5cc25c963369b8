#include "engine/render/markdown.h"

#include "absl/strings/str_replace.h"
#include "engine/render/text.h"

namespace annals {

std::string MarkdownText(absl::string_view text) {
  return absl::StrReplaceAll(Visible(text), {{"\\", "\\\\"},
                                             {"|", "\\|"},
                                             {"<", "&lt;"},
                                             {"&", "&amp;"},
                                             {"*", "\\*"},
                                             {"`", "\\`"},
                                             {"](", "]\\("}});
}

void WriteMarkdown(const Table& table, std::ostream& out) {
  if (table.rows.empty()) {
    out << "(nothing)\n";
    return;
  }
  out << '|';
  for (const Table::Column& column : table.columns)
    out << ' ' << MarkdownText(column.title) << " |";
  out << "\n|";
  for (const Table::Column& column : table.columns) {
    out << (column.kind == Table::Kind::kText ? " --- |" : " ---: |");
  }
  out << '\n';
  for (const std::vector<Table::Cell>& row : table.rows) {
    out << '|';
    for (size_t i = 0; i < row.size(); ++i) {
      out << ' ' << MarkdownText(row[i].Display(table.columns[i].kind)) << " |";
    }
    out << '\n';
  }
}

}  // namespace annals
