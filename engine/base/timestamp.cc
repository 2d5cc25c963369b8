#include "engine/base/timestamp.h"

#include <cstdint>

namespace annals {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int32_t kNanosPerMicro = 1'000;

}  // namespace

google::protobuf::Timestamp ToTimestamp(Instant instant) {
  int64_t seconds = instant.micros / kMicrosPerSecond;
  int64_t micros = instant.micros % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(micros) * kNanosPerMicro);
  return timestamp;
}

Instant FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return {timestamp.seconds() * kMicrosPerSecond + timestamp.nanos() / kNanosPerMicro};
}

}  // namespace annals
