// GrpcServer: annals.v1.Timelines, and the services of health and reflection.
//
//   ANNALS_ASSIGN_OR_RETURN(auto server, GrpcServer::Start({}, {.service = &service,
//       .feed = &feed, .queries = &store->queries(), .log = &store->log()}));
//   …server->address()…
//   server->Stop(std::chrono::seconds(5));
#ifndef ANNALS_SERVER_GRPC_GRPC_SERVER_H_
#define ANNALS_SERVER_GRPC_GRPC_SERVER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/service/guarded_store.h"
#include "server/grpc/call_gate.h"
#include "server/grpc/open_calls.h"
#include "server/grpc/timelines_service.h"

namespace annals {

// In PEM, not names of files.
struct GrpcTls {
  std::string certificates;  // The server's, and those up to a root.
  std::string key;
  std::string client_root;  // Clients have to show a certificate of its. Empty: none.
};

struct GrpcServerOptions {
  std::string host = "127.0.0.1";  // "::1", "0.0.0.0", a name.
  int port = 0;                    // 0 takes any that is free; see GrpcServer::port.
  std::optional<GrpcTls> tls;

  // Without one, everybody is this machine; with one, whoever shows no token, if that
  // isn't required.
  Authenticator authenticate;
  bool requires_token = true;

  // Questions are answered, and portions of streams read, on so many threads, which
  // also wait for synced writes; none belongs to a call or a stream. gRPC's own come
  // on top.
  int threads = 32;

  // How long a reader may take nothing of what waits for it, which is 256 KiB at most.
  std::chrono::milliseconds slow_reader_patience = std::chrono::seconds(10);

  OpenCalls::Observer observer;
  const Clock* clock = Clock::System();
};

// Serves from Start until Stop or its destruction, which are for one thread. What it
// is given must outlive it; how a quota's refusal is said it knows itself.
class GrpcServer {
 public:
  // Listens when it returns. FAILED_PRECONDITION if others than this machine could
  // come, and there is no TLS or nobody asks them for a token; UNAVAILABLE if it can't be listened
  // on, or a key or certificate is none: gRPC's log on stderr says which.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(GrpcServerOptions options,
                                                           const GuardedStore& served);

  // Stops at once, as Stop(0).
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Says that it isn't serving any more, refuses calls and ends streams, both with
  // UNAVAILABLE, and lets what is being answered be answered; what isn't over after
  // `patience` is cut off. Returns when nothing runs any more: a question that was
  // begun, and a rebuild, is waited for. DEADLINE_EXCEEDED if anything was cut off.
  absl::Status Stop(std::chrono::milliseconds patience);

  int port() const;
  // "127.0.0.1:7172", as clients want it.
  std::string address() const;
  // How many streams are open.
  size_t streams() const;

 private:
  class Running;
  explicit GrpcServer(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_GRPC_SERVER_H_
