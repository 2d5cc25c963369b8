// Tables for a person's eyes: aligned columns of text.
#ifndef ANNALS_ENGINE_RENDER_TABLE_TEXT_H_
#define ANNALS_ENGINE_RENDER_TABLE_TEXT_H_

#include <cstddef>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/render/table.h"

namespace annals {

// How text may look where it is going.
struct TextStyle {
  bool color = false;
  size_t width = 0;  // Columns of the terminal; 0: no limit.
};

std::string Bold(absl::string_view text, const TextStyle& style);
std::string Dim(absl::string_view text, const TextStyle& style);
std::string Red(absl::string_view text, const TextStyle& style);

// Columns are aligned by display width, numbers to the right. Where the table
// is wider than the terminal, the widest text columns are wrapped, but none
// below 16 columns. No rows: "(nothing)".
void WriteTableText(const Table& table, const TextStyle& style, std::ostream& out);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_TABLE_TEXT_H_
