// RequestParser: bytes of a connection become requests, or are refused.
#ifndef ANNALS_SERVER_HTTP_PARSE_REQUEST_H_
#define ANNALS_SERVER_HTTP_PARSE_REQUEST_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/chunk_decoder.h"
#include "server/http/limits.h"
#include "server/http/request.h"
#include "server/http/request_head.h"

namespace annals::http {

// Parses one request; whatever way its bytes are cut into pieces, the outcome is the
// same. ReadHead, CheckFraming, ParseTarget and ChunkDecoder refuse what may not be let
// pass. Not thread-safe.
//
//   while (!parser.done()) {
//     ANNALS_ASSIGN_OR_RETURN(size_t used, parser.Feed(buffer));
//     buffer.erase(0, used);      // what is left is fed again, with more behind it
//     …read more…
//   }
//   Request request = parser.Take();
class RequestParser {
 public:
  explicit RequestParser(const Limits& limits) : limits_(limits) {}

  // How many of the bytes were used; the others must be given again. Returns an
  // error with its HTTP status (see http_status.h) if this is no request that a server
  // takes; afterwards the parser, and the connection, are of no more use.
  absl::StatusOr<size_t> Feed(absl::string_view bytes);

  // The request is whole.
  bool done() const { return state_ == State::kDone; }
  // Its head is.
  bool has_head() const { return state_ != State::kHead; }
  // The client waits for 100 (Continue) before it sends the body.
  bool expects_continue() const;

  // Once, when done.
  Request Take() { return std::move(request_); }

 private:
  enum class State { kHead, kBody, kChunks, kDone };

  absl::StatusOr<size_t> FeedHead(absl::string_view bytes);
  absl::Status Begin(RequestHead head);
  absl::StatusOr<size_t> FeedBody(absl::string_view bytes);
  size_t TakeBody(absl::string_view bytes);

  Limits limits_;
  Request request_;
  State state_ = State::kHead;
  // Whether an empty line may no longer come before the request.
  bool begun_ = false;
  // How far the end of the head has been looked for.
  size_t searched_ = 0;
  // Of a body with a Content-Length.
  uint64_t left_ = 0;
  ChunkDecoder chunks_;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_PARSE_REQUEST_H_
