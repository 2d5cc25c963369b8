// Frames: how an answer of many messages travels as one body of bytes.
//
//   frame  = kind length payload
//   kind   = one byte: 0 a message, 1 the end
//   length = the payload's bytes, a protobuf varint
//
// A message's payload is the serialized response message of the verb, the end's a
// serialized v1.StreamEnd. The end stands last and only once, so that a body which
// was cut short is never taken for a whole one.
#ifndef ANNALS_ENGINE_SERVICE_STREAM_FRAME_H_
#define ANNALS_ENGINE_SERVICE_STREAM_FRAME_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

enum class FrameKind : char { kMessage = 0, kEnd = 1 };

// More than any message of a stream has: an event's limit, and what a batch of
// small ones comes to.
inline constexpr size_t kMaxFrameBytes = size_t{16} << 20;

struct Frame {
  FrameKind kind = FrameKind::kMessage;
  std::string payload;
};

// Appends a message's frame to `out`.
void AppendMessageFrame(absl::string_view payload, std::string* out);
std::string MessageFrame(absl::string_view payload);

// OK says that the stream is whole; anything else, why it isn't.
std::string EndFrame(const absl::Status& outcome);

// Takes bytes as they come, in pieces of any size. Not thread-safe.
class FrameReader {
 public:
  void Add(absl::string_view bytes);

  // The next frame; absent if more bytes are needed. DATA_LOSS for bytes that are no
  // frame, and for any after the end.
  absl::StatusOr<std::optional<Frame>> Next();

  // Whether the end was read.
  bool ended() const { return ended_; }

 private:
  std::string buffer_;
  size_t read_ = 0;  // Of the buffer.
  bool ended_ = false;
};

// What an end frame says; DATA_LOSS if its payload is no v1.StreamEnd.
absl::Status OutcomeOf(const Frame& end);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_STREAM_FRAME_H_
