// Response: what a handler answers, as plain values.
#ifndef ANNALS_SERVER_HTTP_RESPONSE_H_
#define ANNALS_SERVER_HTTP_RESPONSE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/http/byte_stream.h"
#include "server/http/headers.h"

namespace annals::http {

// Status, headers, and either a body or a stream. The server itself writes Date,
// Content-Length, Transfer-Encoding, Connection and X-Request-Id; a handler that
// sets them is overruled. A value type.
struct Response {
  int status = 200;
  Headers headers;
  // Shared, so that an answer that is kept can be sent again without a copy. Null
  // is empty.
  Bytes body;
  // In place of a body: sent in chunks as they come.
  std::shared_ptr<const StreamBody> stream;

  // 200 with that media type.
  static Response Of(absl::string_view content_type, std::string body) {
    return Of(content_type, std::make_shared<const std::string>(std::move(body)));
  }
  static Response Of(absl::string_view content_type, Bytes body) {
    Response response;
    response.headers.Add("Content-Type", content_type);
    response.body = std::move(body);
    return response;
  }
  static Response Streaming(absl::string_view content_type, StreamBody stream) {
    Response response;
    response.headers.Add("Content-Type", content_type);
    response.stream = std::make_shared<const StreamBody>(std::move(stream));
    return response;
  }

  size_t body_bytes() const { return body == nullptr ? 0 : body->size(); }
};

// "Not Found"; empty for a status that HTTP doesn't name.
absl::string_view ReasonPhrase(int status);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_RESPONSE_H_
