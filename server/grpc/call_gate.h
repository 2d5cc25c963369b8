// CallGate: who makes a call.
#ifndef ANNALS_SERVER_GRPC_CALL_GATE_H_
#define ANNALS_SERVER_GRPC_CALL_GATE_H_

#include <grpcpp/server_context.h>

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/principal.h"

namespace annals {

// What a token's text proves. Thread-safe, and does not wait: it is called on gRPC's
// threads. Returns UNAUTHENTICATED for a text that proves nothing.
using Authenticator = std::function<absl::StatusOr<PrincipalPtr>(absl::string_view bearer)>;

// Thread-safe.
class CallGate {
 public:
  // Without an authenticator everybody is this machine; with one, whoever shows no
  // token, unless `requires_token`.
  CallGate(Authenticator authenticate, bool requires_token)
      : authenticate_(std::move(authenticate)), requires_token_(requires_token) {}

  // By the metadata "authorization: Bearer …". UNAUTHENTICATED if it proves nothing, or
  // isn't there and has to be.
  absl::StatusOr<PrincipalPtr> Identify(const grpc::ServerContextBase& context) const;

 private:
  const Authenticator authenticate_;
  const bool requires_token_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_CALL_GATE_H_
