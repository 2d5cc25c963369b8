// What can be said of an event without looking at the log.
#ifndef ANNALS_ENGINE_LOG_APPENDING_EVENT_VALIDATION_H_
#define ANNALS_ENGINE_LOG_APPENDING_EVENT_VALIDATION_H_

#include "absl/status/status.h"
#include "engine/log/append.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// The shape of everything but the payload and the dates: forms of ids, UTF-8,
// sizes, which fields go together, and which the store assigns. INVALID_ARGUMENT
// or RESOURCE_EXHAUSTED (engine/log/limits.h); the message names the field.
absl::Status ValidateEvent(const v1::Event& event, Provenance provenance);

// "event 3 \"capture\"": how messages begin. `number` counts from 1.
std::string EventLabel(size_t number, absl::string_view id);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_EVENT_VALIDATION_H_
