#include "cli/event_lines.h"

#include <string>

#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/render/events.h"

namespace annals {

EventLines::EventLines(Session* session)
    : session_(session), rows_(session, EventListTable(false)) {}

absl::Status EventLines::Print(const v1::Event& event) {
  if (session_->options().format != Format::kJson) {
    rows_.Print(EventListRow(event));
    return absl::OkStatus();
  }
  ANNALS_ASSIGN_OR_RETURN(const std::string json, EventToJson(event, {}));
  session_->PrintJson(json);
  session_->out().flush();
  return absl::OkStatus();
}

}  // namespace annals
