// Table: what every listing is made of, before it has a format.
//
//   Table table{.name = "timelines", .columns = {{"name"}, {"events", Table::Kind::kCount}}};
//   table.rows.push_back({"venezuela-2026", 61});
#ifndef ANNALS_ENGINE_RENDER_TABLE_H_
#define ANNALS_ENGINE_RENDER_TABLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals {

// A value. Every row has as many cells as there are columns.
struct Table {
  enum class Kind {
    kText,
    kCount,   // Right-aligned, thousands separated.
    kNumber,  // Right-aligned, digits only: positions and revisions.
  };

  struct Column {
    std::string title;  // For people, and in CSV and JSON unless `name` says otherwise.
    Kind kind = Kind::kText;
    std::string name = {};  // In CSV and JSON. Empty: the title.

    const std::string& Name() const { return name.empty() ? title : name; }
  };

  // Nothing, a text or a whole number. A text may hold anything: renderers
  // escape what their format needs escaped. Texts and numbers are cells without
  // more ado, so that a row is written as it reads: {name, count, ""}.
  class Cell {
   public:
    Cell() = default;
    // NOLINTBEGIN(google-explicit-constructor)
    Cell(std::string text) : value_(std::move(text)) {}
    Cell(const char* text) : value_(std::string(text)) {}
    Cell(absl::string_view text) : value_(std::string(text)) {}
    Cell(int64_t number) : value_(number) {}
    Cell(uint64_t number) : value_(static_cast<int64_t>(number)) {}
    Cell(int number) : value_(int64_t{number}) {}
    // NOLINTEND(google-explicit-constructor)

    const std::string* text() const { return std::get_if<std::string>(&value_); }
    const int64_t* number() const { return std::get_if<int64_t>(&value_); }
    bool empty() const { return std::holds_alternative<std::monostate>(value_); }

    // For people: "–" for nothing, controls visible, numbers as `kind` says.
    std::string Display(Kind kind) const;

   private:
    std::variant<std::monostate, std::string, int64_t> value_;
  };

  std::string name = {};  // The JSON member that holds the rows.
  std::vector<Column> columns = {};
  std::vector<std::vector<Cell>> rows = {};
};

// What a person sees where nothing is recorded.
inline constexpr absl::string_view kNothing = "–";

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_TABLE_H_
