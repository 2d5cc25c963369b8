// RequestParser: bytes of a connection become requests, or are refused.
#ifndef ANNALS_SERVER_HTTP_PARSE_REQUEST_H_
#define ANNALS_SERVER_HTTP_PARSE_REQUEST_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/limits.h"
#include "server/http/request.h"

namespace annals::http {

// Parses one request; whatever way its bytes are cut into pieces, the outcome is the
// same. ReadHead, CheckFraming and ParseTarget refuse what may not be let pass, then
// Beast parses it, and undoes the chunks. Not thread-safe.
//
//   while (!parser.done()) {
//     ANNALS_ASSIGN_OR_RETURN(size_t used, parser.Feed(buffer));
//     buffer.erase(0, used);      // what is left is fed again, with more behind it
//     …read more…
//   }
//   Request request = parser.Take();
class RequestParser {
 public:
  explicit RequestParser(const Limits& limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // How many of the bytes were used; the others must be given again. Returns an
  // error with its HTTP status (see problem.h) if this is no request that a server
  // takes; afterwards the parser, and the connection, are of no more use.
  absl::StatusOr<size_t> Feed(absl::string_view bytes);

  // The request is whole.
  bool done() const;
  // Its head is.
  bool has_head() const;
  // The client waits for 100 (Continue) before it sends the body.
  bool expects_continue() const;

  // Once, when done.
  Request Take();

 private:
  class Grammar;

  absl::StatusOr<size_t> FeedHead(absl::string_view bytes);
  absl::StatusOr<size_t> FeedBody(absl::string_view bytes);

  Limits limits_;
  std::unique_ptr<Grammar> grammar_;
  // Whether an empty line may no longer come before the request.
  bool begun_ = false;
  // How far the end of the head has been looked for.
  size_t searched_ = 0;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_PARSE_REQUEST_H_
