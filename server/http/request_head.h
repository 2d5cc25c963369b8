// ReadHead: what a request's head must look like before anything is made of it.
#ifndef ANNALS_SERVER_HTTP_REQUEST_HEAD_H_
#define ANNALS_SERVER_HTTP_REQUEST_HEAD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/headers.h"
#include "server/http/limits.h"
#include "server/http/method.h"

namespace annals::http {

struct RequestHead {
  Method method = Method::kGet;
  std::string target;
  bool is_http_1_1 = true;
  // Values without the spaces around them.
  Headers headers;

  // Whether the client means to ask more on this connection.
  bool keep_alive() const;
};

// Stricter than a parser needs to be, since two parsers that read the same bytes in
// two ways are what request smuggling lives on. `head` ends with the empty line.
// Returns an error (with its HTTP status, see WithHttpStatus) for
//   * control characters, line ends other than CR LF, folded lines, spaces before
//     a colon, a request line that isn't three words: 400
//   * a method that no server knows: 501; HTTP/2 and other versions: 505
//   * a target or more headers than the limits: 414, 431
absl::StatusOr<RequestHead> ReadHead(absl::string_view head, const Limits& limits);

// What the headers say together:
//   * Host missing (in HTTP/1.1), twice or malformed: 400
//   * Content-Length twice, not a number, or beside Transfer-Encoding: 400; more
//     than the limit: 413
//   * Transfer-Encoding twice, in HTTP/1.0, or not ending with chunked: 400; others
//     before chunked: 501
//   * Content-Encoding, which no handler undoes: 415; other expectations than
//     100-continue: 417
absl::Status CheckFraming(const RequestHead& head, const Limits& limits);

// One line of a head, or of trailers, without its end: a name, a colon and a value
// without control characters. Otherwise an error that goes out as 400.
absl::Status CheckFieldLine(absl::string_view line);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_REQUEST_HEAD_H_
