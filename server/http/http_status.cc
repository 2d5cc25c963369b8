#include "server/http/http_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace annals::http {
namespace {

constexpr char kHttpStatus[] = "annals/http-status";
constexpr char kRetryAfter[] = "annals/retry-after-ms";

std::optional<int64_t> Payload(const absl::Status& status, absl::string_view name) {
  const auto payload = status.GetPayload(name);
  int64_t value = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &value)) {
    return std::nullopt;
  }
  return value;
}

int StatusOfCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

}  // namespace

int HttpStatus(const absl::Status& status) {
  return static_cast<int>(Payload(status, kHttpStatus).value_or(StatusOfCode(status.code())));
}

absl::Status WithHttpStatus(absl::Status status, int http_status) {
  status.SetPayload(kHttpStatus, absl::Cord(absl::StrCat(http_status)));
  return status;
}

absl::Status WithRetryAfter(absl::Status status, std::chrono::milliseconds after) {
  status.SetPayload(kRetryAfter, absl::Cord(absl::StrCat(after.count())));
  return status;
}

std::optional<std::chrono::milliseconds> RetryAfter(const absl::Status& status) {
  if (const auto after = Payload(status, kRetryAfter)) return std::chrono::milliseconds(*after);
  const int http_status = HttpStatus(status);
  if (http_status == 429 || http_status == 503) return std::chrono::seconds(1);
  return std::nullopt;
}

}  // namespace annals::http
