// DecideAppend: whether an append is accepted, and what it then writes.
#ifndef ANNALS_ENGINE_LOG_APPENDING_APPEND_DECIDER_H_
#define ANNALS_ENGINE_LOG_APPENDING_APPEND_DECIDER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/append.h"
#include "engine/log/appending/prepared_append.h"
#include "engine/log/appending/staging.h"

namespace annals {

// Decides every event in order, against the log with all that is staged:
//   1. An event that is there already gets its first receipt.
//   2. The streams that the others touch are at the expected revision.
//   3. What an event refers to is there: its timeline, sources and targets.
//   4. It gets its position, revision, recording time and bounds, and is staged.
// Errors as for EventLog::Append; what was staged before one is to be dropped.
absl::StatusOr<std::vector<Receipt>> DecideAppend(PreparedAppend* append, Instant now,
                                                  Staging* staging);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_APPEND_DECIDER_H_
