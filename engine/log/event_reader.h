// EventReader: events one after the other.
#ifndef ANNALS_ENGINE_LOG_EVENT_READER_H_
#define ANNALS_ENGINE_LOG_EVENT_READER_H_

#include "absl/status/status.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// A cursor over one timeline's events in order. Sees the events that were
// durable when it was made. Not thread-safe; the log must outlive it.
class EventReader {
 public:
  virtual ~EventReader() = default;

  // Moves to the next event. False at the end, and on an error: ask status().
  virtual bool Next() = 0;

  // The event under the cursor; valid until the next call of Next().
  virtual const v1::Event& event() const = 0;

  // Moves it to `*event`, for whoever keeps it; what that held may be used again.
  // Then event() is of no use until the next call of Next().
  virtual void Take(v1::Event* event) { *event = this->event(); }

  // DATA_LOSS if stored bytes are wrong or a position is missing.
  virtual absl::Status status() const = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_EVENT_READER_H_
