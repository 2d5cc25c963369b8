// EventBytesReader: events one after the other, as the bytes that are stored.
#ifndef ANNALS_ENGINE_LOG_EVENT_BYTES_READER_H_
#define ANNALS_ENGINE_LOG_EVENT_BYTES_READER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"

namespace annals {

// A cursor like EventReader's, for whoever passes events on without looking into
// them: it costs no decoding. Sees the events that were durable when it was made.
// Not thread-safe; the log must outlive it.
class EventBytesReader {
 public:
  virtual ~EventBytesReader() = default;

  // Moves to the next event. False at the end, and on an error: ask status().
  virtual bool Next() = 0;

  // Of the event under the cursor; `bytes` is a serialized annals.v1.Event, valid
  // until the next call of Next().
  virtual Position position() const = 0;
  virtual absl::string_view bytes() const = 0;

  // DATA_LOSS if stored bytes are wrong or a position is missing.
  virtual absl::Status status() const = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_EVENT_BYTES_READER_H_
