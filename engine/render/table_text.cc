#include "engine/render/table_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/render/text.h"

namespace annals {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kLeastWrappedWidth = 16;

std::string Styled(absl::string_view code, absl::string_view text, const TextStyle& style) {
  if (!style.color || text.empty()) return std::string(text);
  return absl::StrCat("\x1b[", code, "m", text, "\x1b[0m");
}

using Lines = std::vector<std::string>;

// The cells as shown, and how wide each column is.
struct Layout {
  std::vector<std::vector<std::string>> rows;
  std::vector<size_t> widths;
};

Layout MeasureTable(const Table& table) {
  Layout layout;
  for (const Table::Column& column : table.columns) {
    layout.widths.push_back(DisplayWidth(Visible(column.title)));
  }
  for (const std::vector<Table::Cell>& row : table.rows) {
    std::vector<std::string> shown;
    for (size_t i = 0; i < row.size(); ++i) {
      shown.push_back(row[i].Display(table.columns[i].kind));
      layout.widths[i] = std::max(layout.widths[i], DisplayWidth(shown.back()));
    }
    layout.rows.push_back(std::move(shown));
  }
  return layout;
}

// Narrows the widest text column, again and again, until the table fits.
void FitWidths(const Table& table, size_t limit, std::vector<size_t>* widths) {
  size_t total = kGap * (widths->empty() ? 0 : widths->size() - 1);
  for (size_t width : *widths) total += width;
  while (total > limit) {
    size_t widest = widths->size();
    for (size_t i = 0; i < widths->size(); ++i) {
      const bool narrowable =
          table.columns[i].kind == Table::Kind::kText && (*widths)[i] > kLeastWrappedWidth;
      if (narrowable && (widest == widths->size() || (*widths)[i] > (*widths)[widest])) widest = i;
    }
    if (widest == widths->size()) return;
    --(*widths)[widest];
    --total;
  }
}

std::string Padded(const std::string& text, size_t width, bool right, bool last) {
  const size_t used = DisplayWidth(text);
  const std::string space(width > used ? width - used : 0, ' ');
  if (right) return space + text;
  return last ? text : text + space;
}

// One row, as many lines high as its highest cell.
void WriteRow(const Table& table, const std::vector<std::string>& row,
              const std::vector<size_t>& widths, bool bold, const TextStyle& style,
              std::ostream& out) {
  std::vector<Lines> cells;
  size_t height = 1;
  for (size_t i = 0; i < row.size(); ++i) {
    cells.push_back(WrapText(row[i], std::max<size_t>(widths[i], 1)));
    height = std::max(height, cells.back().size());
  }
  for (size_t line = 0; line < height; ++line) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      const bool right = table.columns[i].kind != Table::Kind::kText;
      const std::string cell = line < cells[i].size() ? cells[i][line] : "";
      text += Padded(cell, widths[i], right, last);
      if (!last) text.append(kGap, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << (bold ? Bold(text, style) : text) << '\n';
  }
}

}  // namespace

std::string Bold(absl::string_view text, const TextStyle& style) {
  return Styled("1", text, style);
}
std::string Dim(absl::string_view text, const TextStyle& style) { return Styled("2", text, style); }
std::string Red(absl::string_view text, const TextStyle& style) {
  return Styled("31", text, style);
}

void WriteTableText(const Table& table, const TextStyle& style, std::ostream& out) {
  if (table.rows.empty()) {
    out << "(nothing)\n";
    return;
  }
  Layout layout = MeasureTable(table);
  if (style.width > 0) FitWidths(table, style.width, &layout.widths);
  std::vector<std::string> titles;
  for (const Table::Column& column : table.columns) titles.push_back(Visible(column.title));
  WriteRow(table, titles, layout.widths, true, style, out);
  for (const std::vector<std::string>& row : layout.rows) {
    WriteRow(table, row, layout.widths, false, style, out);
  }
}

}  // namespace annals
