// MessageFrames: takes the messages of a gRPC stream out of its bytes.
#ifndef ANNALS_BENCH_SERVE_MESSAGE_FRAMES_H_
#define ANNALS_BENCH_SERVE_MESSAGE_FRAMES_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals::bench {

// A message with its frame: a byte for its compression, which is none here, and its length
// in four bytes, the highest first.
std::string FramedMessage(absl::string_view message);

// Not thread-safe.
class MessageFrames {
 public:
  // Calls `take` for each message that is whole by now; its bytes are valid during that.
  // UNIMPLEMENTED if one is compressed, and whatever `take` returns; no use afterwards.
  absl::Status Feed(absl::string_view bytes,
                    absl::FunctionRef<absl::Status(absl::string_view message)> take);

  bool is_between_messages() const { return rest_.empty(); }

 private:
  std::string rest_;  // Of a frame whose end has not come.
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_MESSAGE_FRAMES_H_
