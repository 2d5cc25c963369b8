// FinishResponse: what HTTP asks of every response, whoever made it.
#ifndef ANNALS_SERVER_HTTP_FINISHING_H_
#define ANNALS_SERVER_HTTP_FINISHING_H_

#include <cstddef>

#include "server/http/cors.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace annals::http {

struct FinishingOptions {
  CorsOptions cors;
  // Smaller bodies aren't worth compressing.
  size_t compressed_from_bytes = 1024;
};

// In this order: CORS; 304 for a GET or HEAD whose If-None-Match names the answer's
// ETag; compression, if the client takes it, the media type gains by it and the
// body is no stream. Each compressed form has an ETag of its own ("x" is "x-gzip"), as
// strong ETags must, and either matches.
void FinishResponse(const Request& request, const FinishingOptions& options, Response* response);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_FINISHING_H_
