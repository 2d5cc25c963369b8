// MalformedRequests: bytes that no server should take for a request.
#ifndef ANNALS_TESTS_SERVER_HTTP_MALFORMED_REQUESTS_H_
#define ANNALS_TESTS_SERVER_HTTP_MALFORMED_REQUESTS_H_

#include <ostream>
#include <string>
#include <vector>

#include "server/http/limits.h"

namespace annals::http {

struct MalformedRequest {
  std::string name;
  std::string bytes;
  // What it is refused with, and a part of the reason.
  int http_status = 400;
  std::string message;
};

// What the requests are measured against, so that the large ones needn't be large.
Limits SmallLimits();

// Each is refused by what is there, without waiting for more.
std::vector<MalformedRequest> MalformedRequests();

void PrintTo(const MalformedRequest& request, std::ostream* out);

}  // namespace annals::http

#endif  // ANNALS_TESTS_SERVER_HTTP_MALFORMED_REQUESTS_H_
