// UnaryCall: a call that is answered with one message.
#ifndef ANNALS_SERVER_GRPC_UNARY_CALL_H_
#define ANNALS_SERVER_GRPC_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "server/grpc/call_surroundings.h"

namespace annals {

// Its answer is worked out on a thread of the pool, where it may read the store and
// wait for it. One that was cancelled, or whose deadline has passed, before its turn
// came isn't begun; one that was begun is finished. Deletes itself.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // `answer` fills in the response that gRPC gave the handler.
  static UnaryCall* Start(const CallSurroundings& surroundings,
                          grpc::CallbackServerContext* context, std::string verb,
                          std::function<absl::Status()> answer);

  void OnDone() override;

 private:
  UnaryCall(OpenCalls* calls, std::string verb) : calls_(calls), verb_(std::move(verb)) {}

  void End(const absl::Status& status);

  OpenCalls* const calls_;
  const std::string verb_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_UNARY_CALL_H_
