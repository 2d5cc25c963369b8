// Limits: what one client may take of a server.
#ifndef ANNALS_SERVER_HTTP_LIMITS_H_
#define ANNALS_SERVER_HTTP_LIMITS_H_

#include <chrono>
#include <cstddef>

namespace annals::http {

struct Limits {
  // Request line and headers together; more is a 431.
  size_t head_bytes = 16 << 10;
  size_t header_count = 64;
  // The target alone; more is a 414.
  size_t target_bytes = 8 << 10;
  // More is a 413.
  size_t body_bytes = 8 << 20;

  // More are answered with 503 and closed.
  size_t connections = 16384;

  // From the first byte of a head (from the connection's beginning for the first,
  // handshake included) to its last; and for the whole body.
  std::chrono::milliseconds head_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds body_timeout = std::chrono::seconds(60);
  // Between requests.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  // For each 64 KiB that are sent.
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
  // For a client to read a refusal before the connection is closed on it.
  std::chrono::milliseconds linger_timeout = std::chrono::seconds(2);

  // What may wait for a slow reader of a stream before it is cut.
  size_t stream_buffer_bytes = 256 << 10;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_LIMITS_H_
