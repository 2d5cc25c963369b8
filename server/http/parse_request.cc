#include "server/http/parse_request.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "server/http/http_status.h"
#include "server/http/target.h"

namespace annals::http {
namespace {

// The path and the query of the target, and the Host that it names.
absl::Status ReadTarget(Request* request) {
  absl::StatusOr<Target> target = ParseTarget(request->target);
  if (!target.ok()) return WithHttpStatus(target.status(), 400);
  if (request->target == "*" && request->method != Method::kOptions) {
    return WithHttpStatus(absl::InvalidArgumentError("the target * is for OPTIONS alone"), 400);
  }
  request->path = std::move(target->path);
  request->query = std::move(target->query);
  if (!target->authority.empty()) request->headers.Set("Host", target->authority);
  return absl::OkStatus();
}

}  // namespace

bool RequestParser::expects_continue() const {
  return has_head() && !done() && request_.headers.Find("Expect").has_value();
}

absl::StatusOr<size_t> RequestParser::Feed(absl::string_view bytes) {
  if (has_head()) return FeedBody(bytes);
  // An empty line before a request is to be ignored, by RFC 9112; one.
  if (!begun_ && absl::StartsWith(bytes, "\r\n")) {
    begun_ = true;
    searched_ = 0;
    ANNALS_ASSIGN_OR_RETURN(const size_t used, FeedHead(bytes.substr(2)));
    return used + 2;
  }
  begun_ = begun_ || bytes.size() > 1;
  return FeedHead(bytes);
}

absl::StatusOr<size_t> RequestParser::FeedHead(absl::string_view bytes) {
  // Such as a TLS handshake: no line end will come.
  if (bytes.size() > 1 && !IsFieldName(bytes.substr(0, 1))) {
    return WithHttpStatus(absl::InvalidArgumentError("this doesn't begin as HTTP does"), 400);
  }
  constexpr absl::string_view kEnd = "\r\n\r\n";
  const size_t from = searched_ < kEnd.size() ? 0 : searched_ - kEnd.size();
  const size_t end = bytes.find(kEnd, from);
  const size_t head_bytes = end == bytes.npos ? bytes.size() : end + kEnd.size();
  if (head_bytes > limits_.head_bytes) {
    return WithHttpStatus(absl::InvalidArgumentError(absl::StrCat("the head is longer than ",
                                                                  limits_.head_bytes, " bytes")),
                          431);
  }
  if (end == bytes.npos) {
    searched_ = bytes.size();
    return 0;
  }
  ANNALS_ASSIGN_OR_RETURN(RequestHead head, ReadHead(bytes.substr(0, head_bytes), limits_));
  ANNALS_RETURN_IF_ERROR(CheckFraming(head, limits_));
  ANNALS_RETURN_IF_ERROR(Begin(std::move(head)));
  ANNALS_ASSIGN_OR_RETURN(const size_t body, FeedBody(bytes.substr(head_bytes)));
  return head_bytes + body;
}

absl::Status RequestParser::Begin(RequestHead head) {
  request_.keep_alive = head.keep_alive();
  request_.method = head.method;
  request_.target = std::move(head.target);
  request_.is_http_1_1 = head.is_http_1_1;
  request_.headers = std::move(head.headers);
  ANNALS_RETURN_IF_ERROR(ReadTarget(&request_));
  const std::optional<absl::string_view> length = request_.headers.Find("Content-Length");
  if (request_.headers.Find("Transfer-Encoding").has_value()) {
    state_ = State::kChunks;
  } else if (length.has_value() && absl::SimpleAtoi(*length, &left_) && left_ > 0) {
    state_ = State::kBody;
    // Not all at once for whoever only announces much.
    constexpr uint64_t kReserved = 64 << 10;
    request_.body.reserve(std::min(left_, kReserved));
  } else {
    state_ = State::kDone;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> RequestParser::FeedBody(absl::string_view bytes) {
  if (state_ == State::kDone) return 0;
  if (state_ == State::kBody) return TakeBody(bytes);
  ANNALS_ASSIGN_OR_RETURN(const size_t used, chunks_.Feed(bytes, limits_, &request_.body));
  if (chunks_.done()) state_ = State::kDone;
  return used;
}

size_t RequestParser::TakeBody(absl::string_view bytes) {
  const size_t taken = std::min<uint64_t>(left_, bytes.size());
  request_.body.append(bytes.data(), taken);
  left_ -= taken;
  if (left_ == 0) state_ = State::kDone;
  return taken;
}

}  // namespace annals::http
