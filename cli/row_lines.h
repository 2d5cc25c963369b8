// RowLines: rows that are printed as they come.
//
//   RowLines lines(&session, EventListTable(false));
//   lines.Print(EventListRow(event));
#ifndef ANNALS_CLI_ROW_LINES_H_
#define ANNALS_CLI_ROW_LINES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cli/session.h"
#include "engine/render/table.h"

namespace annals {

// A line a row below one line of titles, in the session's format, which isn't JSON.
// What is still to come isn't known, so a table's columns only ever get wider. Every
// line is flushed. Not thread-safe; the session must outlive it.
class RowLines {
 public:
  // The columns are those of `titles`.
  RowLines(Session* session, Table titles);

  void Print(const std::vector<Table::Cell>& row);

 private:
  void PrintCells(const std::vector<std::string>& cells);

  Session* const session_;
  const Table titles_;
  std::vector<size_t> widths_;
  bool begun_ = false;
};

}  // namespace annals

#endif  // ANNALS_CLI_ROW_LINES_H_
