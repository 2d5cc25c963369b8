// ChunkDecoder: a body that comes in chunks, put together.
#ifndef ANNALS_SERVER_HTTP_CHUNK_DECODER_H_
#define ANNALS_SERVER_HTTP_CHUNK_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/limits.h"

namespace annals::http {

// The chunked coding of RFC 9112, strictly: two readers who disagree about where a
// body ends are what request smuggling lives on. Sizes are hexadecimal digits, lines
// end with CR LF, extensions begin with a name. Extensions and trailers are checked
// and passed over. However the bytes are cut, the outcome is the same. Not thread-safe.
class ChunkDecoder {
 public:
  // How many of `bytes` were used; the others must be given again, with more behind
  // them. What they carry is added to `body`. Returns an error that goes out as 413
  // if the body becomes longer than its limit, as 400 if this is no such coding, or
  // a line or the trailers are longer than a head may be.
  absl::StatusOr<size_t> Feed(absl::string_view bytes, const Limits& limits, std::string* body);

  // The last chunk and the trailers are over.
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kSize, kData, kDataEnd, kTrailers, kDone };

  // Each uses what it can of `bytes`; none if it waits for more.
  absl::StatusOr<size_t> Step(absl::string_view bytes, const Limits& limits, std::string* body);
  absl::StatusOr<size_t> TakeLine(absl::string_view bytes, const Limits& limits, size_t body_bytes);
  absl::Status ReadSize(absl::string_view line, const Limits& limits, size_t body_bytes);
  absl::Status ReadTrailer(absl::string_view line);
  size_t TakeData(absl::string_view bytes, std::string* body);
  absl::StatusOr<size_t> TakeDataEnd(absl::string_view bytes);

  State state_ = State::kSize;
  // Of the chunk.
  uint64_t left_ = 0;
  size_t trailer_bytes_ = 0;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_CHUNK_DECODER_H_
