#include "server/http/problem.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

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

Response ProblemResponse(const absl::Status& status, absl::string_view instance) {
  const int http_status = HttpStatus(status);
  Response response = Response::Of(
      "application/problem+json",
      absl::StrCat(R"({"type":"about:blank","title":)", JsonString(ReasonPhrase(http_status)),
                   R"(,"status":)", http_status, R"(,"detail":)", JsonString(status.message()),
                   R"(,"instance":)", JsonString(instance), R"(,"code":)",
                   JsonString(absl::StatusCodeToString(status.code())), "}\n"));
  response.status = http_status;
  response.headers.Add("Cache-Control", "no-store");
  if (http_status == 401) response.headers.Add("WWW-Authenticate", "Bearer");
  if (const auto after = RetryAfter(status)) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*after).count();
    response.headers.Add("Retry-After", absl::StrCat(std::max<int64_t>(seconds, 1)));
  }
  return response;
}

std::string JsonString(absl::string_view text) {
  std::string json = "\"";
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) {
      absl::StrAppend(&json, "\xEF\xBF\xBD");
    } else if (code_point == '"' || code_point == '\\') {
      json.push_back('\\');
      json.push_back(static_cast<char>(code_point));
    } else if (code_point < ' ' || code_point == 0x7f) {
      absl::StrAppendFormat(&json, "\\u%04x", static_cast<unsigned>(code_point));
    } else {
      absl::StrAppend(&json, text.substr(begin, i - begin));
    }
  }
  json.push_back('"');
  return json;
}

}  // namespace annals::http
