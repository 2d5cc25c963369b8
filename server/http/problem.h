// Problems: how an absl::Status goes out over HTTP, as RFC 9457 has it.
//
//   {"type":"about:blank","title":"Not Found","status":404,
//    "detail":"timeline \"x\": there is no such timeline","instance":"9f2c…",
//    "code":"NOT_FOUND"}
#ifndef ANNALS_SERVER_HTTP_PROBLEM_H_
#define ANNALS_SERVER_HTTP_PROBLEM_H_

#include <chrono>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/http/response.h"

namespace annals::http {

// By the table of google.rpc.Code, unless the status carries another one. 200 for OK.
int HttpStatus(const absl::Status& status);

// The same status, to go out as `http_status`: for what HTTP distinguishes and
// Status doesn't (405, 406, 413, 415, 431 …). `status` must not be OK.
absl::Status WithHttpStatus(absl::Status status, int http_status);

// The same status, with a hint when to try again. `status` must not be OK.
absl::Status WithRetryAfter(absl::Status status, std::chrono::milliseconds after);

// What WithRetryAfter set; a second for RESOURCE_EXHAUSTED and UNAVAILABLE without a
// hint; otherwise absent.
std::optional<std::chrono::milliseconds> RetryAfter(const absl::Status& status);

// A response of application/problem+json, with Retry-After (in whole seconds, at
// least one) where there is a hint, and WWW-Authenticate with 401. `status` must not be OK;
// `instance` is the request's id.
Response ProblemResponse(const absl::Status& status, absl::string_view instance);

// "text" with quotes, as JSON. Bytes that aren't UTF-8 become U+FFFD.
std::string JsonString(absl::string_view text);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_PROBLEM_H_
