// RecoverTimelines: where every timeline ends, read from the store at opening.
#ifndef ANNALS_ENGINE_LOG_LOG_RECOVERY_H_
#define ANNALS_ENGINE_LOG_LOG_RECOVERY_H_

#include "absl/status/statusor.h"
#include "engine/log/timeline_directory.h"
#include "engine/storage/store_folder.h"

namespace annals {

// Reads each timeline's first and last event, and adds up: together the
// timelines have as many events as the last commit says.
//   DATA_LOSS            the log contradicts itself; the message says where
//   FAILED_PRECONDITION  a timeline's zone isn't on this machine, or the look-ups
//                        are only half rebuilt
absl::StatusOr<TimelineStates> RecoverTimelines(const storage::StoreFolder& folder);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LOG_RECOVERY_H_
