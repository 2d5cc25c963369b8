// What a database holds of each timeline, for a backup to promise and a restored
// store to keep.
#ifndef ANNALS_ENGINE_BACKUP_TIMELINE_PROMISES_H_
#define ANNALS_ENGINE_BACKUP_TIMELINE_PROMISES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/event_log.h"
#include "engine/storage/database.h"
#include "proto/annals/v1/backup.pb.h"

namespace annals {

// By name; `log` is that of the database. Costs two look-ups and a tree's root a timeline.
// DATA_LOSS if the log contradicts itself.
absl::StatusOr<std::vector<v1::TimelinePromise>> PromisesOf(const storage::Database& database,
                                                            const EventLog& log);

// Whether `now` is `before` or what became of it by appending: every timeline is there,
// is the same one, and ends where it ended or later. FAILED_PRECONDITION names the first
// that isn't.
absl::Status CheckContinues(const v1::Backup& before, const v1::Backup& now);

// Whether the database holds what the backup promises, by the chain hash of each last
// event. DATA_LOSS names the timeline and what it lacks.
absl::Status CheckKeepsPromises(const storage::Database& database, const v1::Backup& backup);

// The same by the Merkle trees of all events. Costs a root a timeline.
absl::Status CheckRoots(const EventLog& log, const v1::Backup& backup);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_TIMELINE_PROMISES_H_
