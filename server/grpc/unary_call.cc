#include "server/grpc/unary_call.h"

#include <boost/asio/post.hpp>

#include "server/grpc/grpc_status.h"

namespace annals {

UnaryCall* UnaryCall::Start(const CallSurroundings& surroundings,
                            grpc::CallbackServerContext* context, std::string verb,
                            std::function<absl::Status()> answer) {
  auto* const call = new UnaryCall(surroundings.calls, std::move(verb));
  const absl::Status may_begin = surroundings.calls->Begin();
  if (!may_begin.ok()) {
    call->End(may_begin);
    return call;
  }
  boost::asio::post(*surroundings.pool, [call, context, answer = std::move(answer)] {
    call->End(context->IsCancelled()
                  ? absl::CancelledError("the caller cancelled it, or its deadline has passed")
                  : answer());
  });
  return call;
}

void UnaryCall::End(const absl::Status& status) {
  // After Finish it may be gone at any time.
  calls_->Ended(verb_, status);
  Finish(ToGrpcStatus(status));
}

void UnaryCall::OnDone() {
  OpenCalls* const calls = calls_;
  delete this;
  calls->Gone();
}

}  // namespace annals
