// EventLines: events that are printed as they come.
#ifndef ANNALS_CLI_EVENT_LINES_H_
#define ANNALS_CLI_EVENT_LINES_H_

#include "absl/status/status.h"
#include "cli/row_lines.h"
#include "cli/session.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// A line an event, in the session's format: JSON, or RowLines' of an event list.
// Every line is flushed. Not thread-safe; the session must outlive it.
class EventLines {
 public:
  explicit EventLines(Session* session);

  // INVALID_ARGUMENT if the payload's type isn't linked in.
  absl::Status Print(const v1::Event& event);

 private:
  Session* const session_;
  RowLines rows_;
};

}  // namespace annals

#endif  // ANNALS_CLI_EVENT_LINES_H_
