#include "server/http/chunk_decoder.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "server/http/headers.h"
#include "server/http/http_status.h"
#include "server/http/request_head.h"

namespace annals::http {
namespace {

constexpr absl::string_view kLineEnd = "\r\n";

absl::Status Malformed(absl::string_view why) {
  return WithHttpStatus(
      absl::InvalidArgumentError(absl::StrCat("the chunked body is malformed: ", why)), 400);
}

std::string Quote(absl::string_view text) {
  constexpr size_t kShown = 60;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kShown)), "\"");
}

// What may stand behind a chunk's size: nothing, or " ;name…".
bool AreExtensions(absl::string_view text) {
  if (text.empty()) return true;
  if (!IsFieldValue(text)) return false;
  text = absl::StripLeadingAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&text, ";")) return false;
  text = absl::StripLeadingAsciiWhitespace(text);
  return IsFieldName(text.substr(0, 1));
}

}  // namespace

absl::StatusOr<size_t> ChunkDecoder::Feed(absl::string_view bytes, const Limits& limits,
                                          std::string* body) {
  size_t used = 0;
  while (!done()) {
    ANNALS_ASSIGN_OR_RETURN(const size_t step, Step(bytes.substr(used), limits, body));
    if (step == 0) break;
    used += step;
  }
  return used;
}

absl::StatusOr<size_t> ChunkDecoder::Step(absl::string_view bytes, const Limits& limits,
                                          std::string* body) {
  switch (state_) {
    case State::kData:
      return TakeData(bytes, body);
    case State::kDataEnd:
      return TakeDataEnd(bytes);
    default:
      return TakeLine(bytes, limits, body->size());
  }
}

absl::StatusOr<size_t> ChunkDecoder::TakeLine(absl::string_view bytes, const Limits& limits,
                                              size_t body_bytes) {
  const size_t end = bytes.find('\n');
  const size_t line_bytes = end == bytes.npos ? bytes.size() : end + 1;
  if (trailer_bytes_ + line_bytes > limits.head_bytes) {
    return Malformed(absl::StrCat("a chunk's head, or the trailers, are longer than ",
                                  limits.head_bytes, " bytes"));
  }
  if (end == bytes.npos) return 0;
  if (end == 0 || bytes[end - 1] != '\r') return Malformed("a line doesn't end with CR LF");
  const absl::string_view line = bytes.substr(0, end - 1);
  if (state_ == State::kSize) {
    ANNALS_RETURN_IF_ERROR(ReadSize(line, limits, body_bytes));
  } else {
    trailer_bytes_ += line_bytes;
    ANNALS_RETURN_IF_ERROR(ReadTrailer(line));
  }
  return line_bytes;
}

absl::Status ChunkDecoder::ReadSize(absl::string_view line, const Limits& limits,
                                    size_t body_bytes) {
  const size_t digits =
      std::find_if_not(line.begin(), line.end(), absl::ascii_isxdigit) - line.begin();
  constexpr size_t kMostDigits = 16;
  if (digits == 0 || digits > kMostDigits) {
    return Malformed(absl::StrCat("the chunk's size ", Quote(line),
                                  " doesn't begin with 1 to 16 hexadecimal digits"));
  }
  if (!AreExtensions(line.substr(digits))) {
    return Malformed(absl::StrCat("behind a chunk's size stands ", Quote(line.substr(digits)),
                                  ", which is no extension"));
  }
  // At most 16 digits: it can't fail.
  (void)absl::SimpleHexAtoi(line.substr(0, digits), &left_);
  if (left_ > limits.body_bytes - body_bytes) {
    return WithHttpStatus(absl::InvalidArgumentError(absl::StrCat("the body is longer than ",
                                                                  limits.body_bytes, " bytes")),
                          413);
  }
  state_ = left_ == 0 ? State::kTrailers : State::kData;
  return absl::OkStatus();
}

absl::Status ChunkDecoder::ReadTrailer(absl::string_view line) {
  if (!line.empty()) return CheckFieldLine(line);
  state_ = State::kDone;
  return absl::OkStatus();
}

size_t ChunkDecoder::TakeData(absl::string_view bytes, std::string* body) {
  const size_t taken = std::min<uint64_t>(left_, bytes.size());
  body->append(bytes.data(), taken);
  left_ -= taken;
  if (left_ == 0) state_ = State::kDataEnd;
  return taken;
}

absl::StatusOr<size_t> ChunkDecoder::TakeDataEnd(absl::string_view bytes) {
  const absl::string_view end = bytes.substr(0, kLineEnd.size());
  if (!absl::StartsWith(kLineEnd, end)) return Malformed("a chunk is longer than its size");
  if (end.size() < kLineEnd.size()) return 0;
  state_ = State::kSize;
  return kLineEnd.size();
}

}  // namespace annals::http
