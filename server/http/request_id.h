// Request ids: what ties an answer to its line in the log.
#ifndef ANNALS_SERVER_HTTP_REQUEST_ID_H_
#define ANNALS_SERVER_HTTP_REQUEST_ID_H_

#include <cstdint>
#include <functional>
#include <string>

#include "server/http/headers.h"

namespace annals::http {

// The client's own X-Request-Id if it is 1 to 64 of [A-Za-z0-9._-]; otherwise 16
// hexadecimal digits of `random`.
std::string RequestId(const Headers& headers, const std::function<uint64_t()>& random);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_REQUEST_ID_H_
