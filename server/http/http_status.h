// HttpStatus: which status of HTTP an absl::Status goes out with, and when to try again.
#ifndef ANNALS_SERVER_HTTP_HTTP_STATUS_H_
#define ANNALS_SERVER_HTTP_HTTP_STATUS_H_

#include <chrono>
#include <optional>

#include "absl/status/status.h"

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

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_HTTP_STATUS_H_
