// AnnalsServer: an open store, served over HTTP and gRPC.
//
//   ANNALS_ASSIGN_OR_RETURN(auto server, AnnalsServer::Start(store, {.port = 7171}));
//   signal->Wait();
//   server->Stop(std::chrono::seconds(10)).IgnoreError();
#ifndef ANNALS_SERVER_ANNALS_SERVER_H_
#define ANNALS_SERVER_ANNALS_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/quotas.h"
#include "engine/base/clock.h"
#include "engine/query/store.h"
#include "google/protobuf/descriptor.h"

namespace annals {

// An address and a port: "127.0.0.1:7171", "[::1]:7171" or "localhost:7171".
struct Endpoint {
  std::string address = "127.0.0.1";
  uint16_t port = 7171;

  // INVALID_ARGUMENT for anything else.
  static absl::StatusOr<Endpoint> Parse(absl::string_view text);
  std::string ToString() const;
};

// PEM files. Of what is listened on, over HTTP and gRPC alike.
struct ServerCertificate {
  std::string certificate_path;  // With those up to a root.
  std::string key_path;
  // Clients of gRPC have to show a certificate of its. Empty: none.
  std::string client_ca_path;
};

struct AnnalsServerOptions {
  // Port 0 takes any that is free.
  Endpoint http;
  // Likewise; absent: no gRPC.
  std::optional<Endpoint> grpc;
  std::optional<ServerCertificate> tls;
  // Whoever shows no token is turned away also where only this machine gets to, as
  // behind a reverse proxy.
  bool requires_token = false;
  // Names that requests over HTTP may be for, beside this machine's own. Matters on
  // loopback alone.
  std::vector<std::string> hosts;
  // Whose pages may ask and append: "https://example.org", or "*".
  std::vector<std::string> origins;
  // Of those with a token.
  Quotas::Options quotas;
  // For connections; and for what waits for the disk or computes for long.
  int threads = 2;
  int blocking_threads = 16;
  // Of pinned answers that are kept.
  size_t cache_bytes = size_t{64} << 20;
  // A line of JSON on stderr for each request.
  bool logs_requests = false;
  // As StoreService has it.
  std::function<std::string(const google::protobuf::Descriptor&)> describe_type;
  const Clock* clock = Clock::System();
};

// Everything under /v1, /healthz, /readyz and /metrics, and annals.v1.Timelines over
// gRPC. On loopback whoever shows no token is this machine, and may do everything
// (FrontDoor, CallGate, GuardedService). The store must outlive it.
// Start and Stop are for one thread.
class AnnalsServer {
 public:
  // Listens when it returns. FAILED_PRECONDITION for an address that others can reach
  // without TLS, and for a store without tokens where they are required, as they are
  // there. INVALID_ARGUMENT for a file of `tls` that can't be used. Otherwise the errors
  // of TokenTable::Open, HttpServer::Start and GrpcServer::Start.
  static absl::StatusOr<std::unique_ptr<AnnalsServer>> Start(Store* store,
                                                             const AnnalsServerOptions& options);
  // Stops at once.
  ~AnnalsServer();
  AnnalsServer(const AnnalsServer&) = delete;
  AnnalsServer& operator=(const AnnalsServer&) = delete;

  // Where it listens: the port is the one it got.
  const Endpoint& http() const;
  const std::optional<Endpoint>& grpc() const;

  // Answers what was asked, cuts streams with a reason, and closes the rest after
  // `patience`: then DEADLINE_EXCEEDED. A rebuild that was begun is waited for.
  absl::Status Stop(std::chrono::milliseconds patience);

 private:
  class Parts;
  explicit AnnalsServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_ANNALS_SERVER_H_
