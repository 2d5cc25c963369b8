// StreamOrders: which streams there are to be asked for.
#ifndef ANNALS_SERVER_GRPC_STREAM_ORDERS_H_
#define ANNALS_SERVER_GRPC_STREAM_ORDERS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/service/guarded_store.h"
#include "server/grpc/call_gate.h"
#include "server/grpc/stream_call.h"

namespace annals {

// The streams of annals.v1.Timelines whose messages are written as bytes: ReadEvents,
// Subscribe and SubscribeView. Thread-safe. What it is made of must outlive it and the
// orders.
class StreamOrders {
 public:
  StreamOrders(GuardedStore served, const CallGate* gate, const Clock* clock);

  // Asks the gate who it is. UNIMPLEMENTED for any other verb, INVALID_ARGUMENT if the
  // request isn't the verb's message; what the gate and GuardedService::OpenStream
  // return otherwise.
  absl::StatusOr<StreamOrder> Take(const std::string& verb, const grpc::ServerContextBase& context,
                                   const grpc::ByteBuffer& request) const;

 private:
  // `open` is given the pass, and the request.
  template <typename Request, typename Open>
  absl::StatusOr<StreamOrder> Make(const grpc::ServerContextBase& context,
                                   const grpc::ByteBuffer& bytes, Open open) const;

  const GuardedStore served_;
  const CallGate* const gate_;
  const Clock* const clock_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_STREAM_ORDERS_H_
