// CORS: which pages of other origins may read answers.
#ifndef ANNALS_SERVER_HTTP_CORS_H_
#define ANNALS_SERVER_HTTP_CORS_H_

#include <string>
#include <vector>

#include "server/http/request.h"
#include "server/http/response.h"

namespace annals::http {

// Off unless it names an origin.
struct CorsOptions {
  // "https://example.org", compared byte by byte; "*" allows every one. Never with
  // credentials: a token goes into a header that the page sets itself.
  std::vector<std::string> allowed_origins;
};

// Adds what lets the origin's pages read the answer, and answers their preflights.
void ApplyCors(const Request& request, const CorsOptions& options, Response* response);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_CORS_H_
