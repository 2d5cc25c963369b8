// FormatHead: a response's status line and headers as they go out.
#ifndef ANNALS_SERVER_HTTP_RESPONSE_HEAD_H_
#define ANNALS_SERVER_HTTP_RESPONSE_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/http/response.h"

namespace annals::http {

// What the connection knows and a handler doesn't.
struct HeadFraming {
  absl::string_view date;
  absl::string_view request_id;
  // Absent for a body in chunks, or until the connection closes.
  std::optional<uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
};

// With the empty line. Headers of the response that are the connection's own to set,
// or that aren't a field (a line end in a value would begin another), are left out.
std::string FormatHead(const Response& response, const HeadFraming& framing);

// Whether responses of that status have no body and no Content-Length.
bool IsBodiless(int status);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_RESPONSE_HEAD_H_
