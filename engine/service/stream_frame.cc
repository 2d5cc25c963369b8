#include "engine/service/stream_frame.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr size_t kMaxVarintBytes = 10;

void AppendFrame(FrameKind kind, absl::string_view payload, std::string* out) {
  uint8_t length[kMaxVarintBytes];
  const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(payload.size(), length);
  out->push_back(static_cast<char>(kind));
  out->append(reinterpret_cast<const char*>(length), static_cast<size_t>(end - length));
  out->append(payload.data(), payload.size());
}

}  // namespace

void AppendMessageFrame(absl::string_view payload, std::string* out) {
  AppendFrame(FrameKind::kMessage, payload, out);
}

std::string MessageFrame(absl::string_view payload) {
  std::string frame;
  AppendMessageFrame(payload, &frame);
  return frame;
}

std::string EndFrame(const absl::Status& outcome) {
  v1::StreamEnd end;
  end.set_code(static_cast<int32_t>(outcome.code()));
  end.set_message(std::string(outcome.message()));
  std::string frame;
  AppendFrame(FrameKind::kEnd, end.SerializeAsString(), &frame);
  return frame;
}

void FrameReader::Add(absl::string_view bytes) {
  if (read_ > 0 && read_ >= buffer_.size() / 2) {
    buffer_.erase(0, read_);
    read_ = 0;
  }
  buffer_.append(bytes.data(), bytes.size());
}

absl::StatusOr<std::optional<Frame>> FrameReader::Next() {
  const absl::string_view left = absl::string_view(buffer_).substr(read_);
  if (left.empty()) return std::nullopt;
  if (ended_) return absl::DataLossError("a stream of frames goes on after its end");
  const char kind = left[0];
  if (kind != static_cast<char>(FrameKind::kMessage) &&
      kind != static_cast<char>(FrameKind::kEnd)) {
    return absl::DataLossError(
        absl::StrCat("a stream of frames has one of the unknown kind ", static_cast<int>(kind)));
  }
  CodedInputStream in(reinterpret_cast<const uint8_t*>(left.data()) + 1,
                      static_cast<int>(left.size() - 1));
  uint64_t length = 0;
  if (!in.ReadVarint64(&length)) {
    if (left.size() > kMaxVarintBytes) {
      return absl::DataLossError("a stream of frames has one without a length");
    }
    return std::nullopt;
  }
  if (length > kMaxFrameBytes) {
    return absl::DataLossError(absl::StrCat("a stream of frames has one of ", length,
                                            " bytes; the most is ", kMaxFrameBytes));
  }
  const size_t head = 1 + static_cast<size_t>(in.CurrentPosition());
  if (left.size() < head + length) return std::nullopt;
  Frame frame{.kind = static_cast<FrameKind>(kind),
              .payload = std::string(left.substr(head, length))};
  read_ += head + length;
  ended_ = frame.kind == FrameKind::kEnd;
  return std::optional<Frame>(std::move(frame));
}

absl::Status OutcomeOf(const Frame& end) {
  v1::StreamEnd outcome;
  if (end.kind != FrameKind::kEnd || !outcome.ParseFromString(end.payload)) {
    return absl::DataLossError("a stream of frames has an end that can't be read");
  }
  return absl::Status(static_cast<absl::StatusCode>(outcome.code()), outcome.message());
}

}  // namespace annals
