#include "bench/serve/message_frames.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/base/status.h"

namespace annals::bench {
namespace {

constexpr size_t kHeaderBytes = 5;

// Of the frame that begins here, as far as that is known: its header's, at least.
size_t FrameBytes(absl::string_view frame) {
  if (frame.size() < kHeaderBytes) return kHeaderBytes;
  size_t bytes = 0;
  for (size_t i = 1; i < kHeaderBytes; ++i) bytes = bytes << 8 | static_cast<uint8_t>(frame[i]);
  return kHeaderBytes + bytes;
}

}  // namespace

std::string FramedMessage(absl::string_view message) {
  std::string frame(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>(message.size() >> shift));
  }
  return frame.append(message.data(), message.size());
}

absl::Status MessageFrames::Feed(absl::string_view bytes,
                                 absl::FunctionRef<absl::Status(absl::string_view message)> take) {
  while (true) {
    // What comes in one piece is taken where it is.
    const bool is_begun = !rest_.empty();
    const absl::string_view frame = is_begun ? absl::string_view(rest_) : bytes;
    const size_t wanted = FrameBytes(frame);
    if (frame.size() < wanted) {
      if (bytes.empty()) return absl::OkStatus();
      const size_t more = std::min(bytes.size(), wanted - rest_.size());
      rest_.append(bytes.data(), more);
      bytes.remove_prefix(more);
      continue;
    }
    if (frame.front() != 0) return absl::UnimplementedError("a message is compressed");
    ANNALS_RETURN_IF_ERROR(take(frame.substr(kHeaderBytes, wanted - kHeaderBytes)));
    if (is_begun) {
      rest_.clear();
    } else {
      bytes.remove_prefix(wanted);
    }
  }
}

}  // namespace annals::bench
