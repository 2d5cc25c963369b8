// RawClient: a socket, and no opinion about what is sent through it.
#ifndef ANNALS_TESTS_SERVER_HTTP_RAW_CLIENT_H_
#define ANNALS_TESTS_SERVER_HTTP_RAW_CLIENT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::http {

// A response as it came. Header names are in lower case.
struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;
  // Without chunks' framing.
  std::string body;
  // Whether its end was where the framing said it would be.
  bool whole = false;
};

// Blocks, at most ten seconds an operation, so that a test fails instead of hanging.
class RawClient {
 public:
  // To 127.0.0.1. `receive_bytes` is the socket's buffer; 0 leaves it to the system.
  explicit RawClient(uint16_t port, int receive_bytes = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False if the server doesn't take it.
  bool Send(absl::string_view bytes);
  void FinishSending();
  // With SO_LINGER at zero: the server sees a reset.
  void Reset();

  // Reads one response; `to_head` is for one to HEAD.
  enum class To { kGet, kHead };
  RawResponse Read(To to = To::kGet);
  // Up to and including `mark`; all there is if it never comes.
  std::string ReadUntil(absl::string_view mark);
  // True if the server closes without a further byte.
  bool IsClosed();
  // Whether a Read would find bytes, or the end, without waiting.
  bool HasSomething();

 private:
  // False at the end of what there is.
  bool Fill();
  std::string TakeUntil(absl::string_view mark);
  bool TakeExactly(size_t bytes, std::string* into);
  bool TakeChunks(std::string* into);

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace annals::http

#endif  // ANNALS_TESTS_SERVER_HTTP_RAW_CLIENT_H_
