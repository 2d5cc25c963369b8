// ExchangeObserver: is told of what a server did, for logs and metrics.
#ifndef ANNALS_SERVER_HTTP_EXCHANGE_OBSERVER_H_
#define ANNALS_SERVER_HTTP_EXCHANGE_OBSERVER_H_

#include <chrono>
#include <cstdint>

#include "absl/status/status.h"
#include "server/http/request.h"

namespace annals::http {

// A request and what became of it. A request that was refused before it was whole has
// only what was known of it by then.
struct Exchange {
  const Request* request = nullptr;
  int status = 0;
  // Body bytes as they were sent, without the framing.
  uint64_t sent_bytes = 0;
  // From the request's last byte to the answer's.
  std::chrono::microseconds duration = {};
  bool streamed = false;
  // Why the answer didn't arrive whole: a stream was cut, the client went away or
  // was too slow. Otherwise OK.
  absl::Status outcome;
};

// Called on the connections' threads, on several at once; shouldn't take long.
class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;

  // Once for each request, when it is over.
  virtual void OnExchange(const Exchange& exchange) = 0;
  virtual void OnConnectionOpened() {}
  virtual void OnConnectionClosed() {}
  // There were too many already.
  virtual void OnConnectionRefused() {}
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_EXCHANGE_OBSERVER_H_
