#include "server/http/problem.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace annals::http {
namespace {

// Whoever quotes what was sent need not send all of it back.
std::string Detail(absl::string_view message) {
  constexpr size_t kMostBytes = 4096;
  if (message.size() <= kMostBytes) return JsonString(message);
  size_t end = kMostBytes;
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xc0) == 0x80) --end;
  return JsonString(absl::StrCat(message.substr(0, end), "…"));
}

}  // namespace

Response ProblemResponse(const absl::Status& status, absl::string_view instance) {
  const int http_status = HttpStatus(status);
  Response response = Response::Of(
      "application/problem+json",
      absl::StrCat(R"({"type":"about:blank","title":)", JsonString(ReasonPhrase(http_status)),
                   R"(,"status":)", http_status, R"(,"detail":)", Detail(status.message()),
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
  std::string json;
  json.reserve(text.size() + 2);
  json.push_back('"');
  const auto length = static_cast<int32_t>(text.size());
  int32_t copied = 0;  // Up to here; what follows needs no escape, as far as it was seen.
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    const bool is_quoted = code_point == '"' || code_point == '\\';
    if (code_point >= ' ' && code_point != 0x7f && !is_quoted) continue;
    json.append(text.data() + copied, begin - copied);
    copied = i;
    if (code_point < 0) {
      json.append("\xEF\xBF\xBD");
    } else if (is_quoted) {
      json.push_back('\\');
      json.push_back(static_cast<char>(code_point));
    } else {
      absl::StrAppendFormat(&json, "\\u%04x", static_cast<unsigned>(code_point));
    }
  }
  json.append(text.data() + copied, length - copied);
  json.push_back('"');
  return json;
}

}  // namespace annals::http
