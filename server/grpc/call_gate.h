// CallGate: who may make which call.
#ifndef ANNALS_SERVER_GRPC_CALL_GATE_H_
#define ANNALS_SERVER_GRPC_CALL_GATE_H_

#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/principal.h"
#include "engine/access/quotas.h"

namespace annals {

// What a token's text proves. Thread-safe, and does not wait: it is called on gRPC's
// threads. Returns UNAUTHENTICATED for a text that proves nothing.
using Authenticator = std::function<absl::StatusOr<PrincipalPtr>(absl::string_view bearer)>;

// Thread-safe. The quotas must outlive it.
class CallGate {
 public:
  // Without an authenticator everybody is this machine; without quotas there are none.
  CallGate(Authenticator authenticate, Quotas* quotas)
      : authenticate_(std::move(authenticate)), quotas_(quotas) {}

  // By the metadata "authorization: Bearer …". UNAUTHENTICATED without it, or if it
  // proves nothing.
  absl::StatusOr<PrincipalPtr> Identify(const grpc::ServerContextBase& context) const;

  // The same, and PERMISSION_DENIED unless they have the role for that timeline;
  // kAllTimelines for what concerns the store.
  absl::StatusOr<PrincipalPtr> Admit(const grpc::ServerContextBase& context, v1::Role role,
                                     absl::string_view timeline) const;

  // Null without quotas. RESOURCE_EXHAUSTED, with a RetryInfo.
  absl::StatusOr<std::unique_ptr<Quotas::Stream>> OpenStream(const Principal& principal) const;

 private:
  const Authenticator authenticate_;
  Quotas* const quotas_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_CALL_GATE_H_
