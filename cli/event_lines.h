// EventLines: events that are printed as they come.
#ifndef ANNALS_CLI_EVENT_LINES_H_
#define ANNALS_CLI_EVENT_LINES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/session.h"
#include "engine/render/table.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// A line an event, in the session's format, below one line of titles where it has
// any. What is still to come isn't known, so a table's columns only ever get wider.
// Every line is flushed. Not thread-safe; the session must outlive it.
class EventLines {
 public:
  explicit EventLines(Session* session);

  // INVALID_ARGUMENT if the payload's type isn't linked in.
  absl::Status Print(const v1::Event& event);

 private:
  void PrintCells(const std::vector<std::string>& cells);

  Session* const session_;
  const Table titles_;
  std::vector<size_t> widths_;
  bool begun_ = false;
};

}  // namespace annals

#endif  // ANNALS_CLI_EVENT_LINES_H_
