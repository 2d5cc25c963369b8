// TakeCensusOf: counts a timeline's events by type, and its streams.
#ifndef ANNALS_ENGINE_LOG_CENSUS_TAKER_H_
#define ANNALS_ENGINE_LOG_CENSUS_TAKER_H_

#include "absl/status/statusor.h"
#include "engine/log/census.h"
#include "engine/log/timeline_directory.h"
#include "engine/storage/database.h"

namespace annals {

// Of the events up to the timeline's head as given. Walks the type keys of every
// event; of each stream it only touches the first.
absl::StatusOr<Census> TakeCensusOf(const storage::Database& database,
                                    const TimelineState& timeline);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_CENSUS_TAKER_H_
