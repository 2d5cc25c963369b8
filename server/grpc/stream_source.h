// StreamSource: what a stream of answers is made from, portion by portion.
#ifndef ANNALS_SERVER_GRPC_STREAM_SOURCE_H_
#define ANNALS_SERVER_GRPC_STREAM_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"

namespace annals {

// What is read ahead for a stream, and therefore all that waits for a slow reader.
inline constexpr size_t kPortionBytes = size_t{256} << 10;

struct StreamPortion {
  std::vector<std::string> messages;  // Serialized.

  enum class Then {
    kAgain,  // There is more at once.
    kWait,   // When the head is beyond position(), or it is `again_at`.
    kEnd,    // That was all.
  };
  Then then = Then::kAgain;
  Instant again_at = Instant::End();
};

// Not thread-safe: one portion after the other, on any thread.
class StreamSource {
 public:
  virtual ~StreamSource() = default;

  // About kPortionBytes at most, but one message at least if there is one. May read
  // the store, and wait for it. An error ends the stream.
  virtual absl::StatusOr<StreamPortion> Next() = 0;

  // Whether the next portion is computed for long, or read from the disk.
  virtual bool takes_long() const { return true; }

  // Up to where portions went, for those that wait.
  virtual Position position() const { return {}; }
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_STREAM_SOURCE_H_
