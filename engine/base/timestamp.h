// Instants as protobuf's Timestamps, and back.
#ifndef ANNALS_ENGINE_BASE_TIMESTAMP_H_
#define ANNALS_ENGINE_BASE_TIMESTAMP_H_

#include "engine/base/instant.h"
#include "google/protobuf/timestamp.pb.h"

namespace annals {

google::protobuf::Timestamp ToTimestamp(Instant instant);

// What is finer than a microsecond is dropped.
Instant FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_TIMESTAMP_H_
