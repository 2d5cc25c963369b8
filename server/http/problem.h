// Problems: how an absl::Status goes out over HTTP, as RFC 9457 has it.
//
//   {"type":"about:blank","title":"Not Found","status":404,
//    "detail":"timeline \"x\": there is no such timeline","instance":"9f2c…",
//    "code":"NOT_FOUND"}
#ifndef ANNALS_SERVER_HTTP_PROBLEM_H_
#define ANNALS_SERVER_HTTP_PROBLEM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/http/http_status.h"
#include "server/http/response.h"

namespace annals::http {

// A response of application/problem+json, with Retry-After (in whole seconds, at
// least one) where there is a hint, and WWW-Authenticate with 401. Of a message longer
// than 4 KiB the beginning. `status` must not be OK; `instance` is the request's id.
Response ProblemResponse(const absl::Status& status, absl::string_view instance);

// "text" with quotes, as JSON. Bytes that aren't UTF-8 become U+FFFD.
std::string JsonString(absl::string_view text);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_PROBLEM_H_
