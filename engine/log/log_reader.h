// Reading events back: one, along the log, and along a look-up family.
#ifndef ANNALS_ENGINE_LOG_LOG_READER_H_
#define ANNALS_ENGINE_LOG_LOG_READER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/log/event_bytes_reader.h"
#include "engine/log/event_reader.h"
#include "engine/log/timeline_directory.h"
#include "engine/storage/database.h"

namespace annals {

// The event at a position up to the head. DATA_LOSS if it isn't there.
absl::StatusOr<v1::Event> ReadEvent(const storage::Database& database,
                                    const TimelineState& timeline, Position position);

// The events after `after`, up to the timeline's head as given. Every event's
// chain hash is recomputed from its predecessor's. The database must outlive the
// readers.
absl::StatusOr<std::unique_ptr<EventReader>> ReadLog(const storage::Database* database,
                                                     const TimelineState& timeline, Position after);

// The same, without decoding them.
absl::StatusOr<std::unique_ptr<EventBytesReader>> ReadLogBytes(const storage::Database* database,
                                                               const TimelineState& timeline,
                                                               Position after);

// The same as ReadLog for one stream, or one payload type.
absl::StatusOr<std::unique_ptr<EventReader>> ReadStreamOf(const storage::Database* database,
                                                          const TimelineState& timeline,
                                                          absl::string_view stream, Position after);
absl::StatusOr<std::unique_ptr<EventReader>> ReadTypeOf(const storage::Database* database,
                                                        const TimelineState& timeline,
                                                        absl::string_view type, Position after);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LOG_READER_H_
