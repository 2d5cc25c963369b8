// Whether what RocksDB recovered is all that the durable head promises.
#ifndef ANNALS_ENGINE_STORAGE_RECOVERY_CHECK_H_
#define ANNALS_ENGINE_STORAGE_RECOVERY_CHECK_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"

namespace annals::storage {

// The commit record in the database; number 0 if there is none.
absl::StatusOr<CommitRecord> ReadCommit(const Database& database);

// The database's commit is the head's or a later one, and at the head's position
// there is the event whose hash the head has. DATA_LOSS says what is missing.
absl::Status CheckHead(const Database& database, const CommitRecord& head);

// The log has as many events as the database's last commit says, so that none is
// missing from its middle. DATA_LOSS as above. Costs a look at every file's
// properties, not at the events. Nothing may be writing meanwhile.
absl::Status CheckEventCount(const Database& database);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_RECOVERY_CHECK_H_
