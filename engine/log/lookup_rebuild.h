// RebuildLookups: makes the look-up families and the trees' tiles anew from the log.
#ifndef ANNALS_ENGINE_LOG_LOOKUP_REBUILD_H_
#define ANNALS_ENGINE_LOG_LOOKUP_REBUILD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/storage/database.h"
#include "engine/storage/store_folder.h"

namespace annals {

// Empties kEventIds, kStreams, kTypes and kTiles, and fills them from kLog; returns how
// many events it read. No EventLog may have the store open. Until it has
// returned OK the store can't be opened for use: run it again if it was
// interrupted. DATA_LOSS if the log itself is damaged; costs a scan of the log.
absl::StatusOr<uint64_t> RebuildLookups(storage::StoreFolder* folder);

// FAILED_PRECONDITION if a rebuild was begun and not finished.
absl::Status CheckLookupsAreWhole(const storage::Database& database);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LOOKUP_REBUILD_H_
