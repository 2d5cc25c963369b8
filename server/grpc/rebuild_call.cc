#include "server/grpc/rebuild_call.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "server/grpc/grpc_status.h"

namespace annals {

RebuildCall* RebuildCall::Start(const CallSurroundings& surroundings,
                                std::shared_ptr<Service> service,
                                const v1::RebuildProjectionsRequest& request,
                                const absl::Status& admission) {
  const std::shared_ptr<RebuildCall> call(new RebuildCall(surroundings.calls));
  const absl::Status may_begin = surroundings.calls->Begin();
  {
    MutexLock lock(&call->mutex_);
    call->self_ = call;
    if (!may_begin.ok() || !admission.ok()) {
      call->EndLocked(may_begin.ok() ? admission : may_begin);
      return call.get();
    }
  }
  boost::asio::post(*surroundings.pool, [call, service = std::move(service), request] {
    call->Rebuilt(service->RebuildProjections(
        request, [&](const v1::RebuildProjectionsResponse& report) { call->Tell(report); }));
  });
  surroundings.calls->Add(call);
  return call.get();
}

void RebuildCall::Tell(const v1::RebuildProjectionsResponse& report) {
  MutexLock lock(&mutex_);
  news_ = report;
  GoOn();
}

void RebuildCall::Rebuilt(const absl::Status& status) {
  MutexLock lock(&mutex_);
  outcome_ = status;
  GoOn();
}

void RebuildCall::GoOn() {
  if (ended_ || is_writing_) return;
  if (news_.has_value()) {
    written_ = *std::exchange(news_, std::nullopt);
    is_writing_ = true;
    StartWrite(&written_);
  } else if (outcome_.has_value()) {
    EndLocked(*outcome_);
  }
}

void RebuildCall::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  is_writing_ = false;
  if (!ok && !ended_) EndLocked(absl::CancelledError("the caller has gone"));
  GoOn();
}

void RebuildCall::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  if (!ended_) EndLocked(status);
}

void RebuildCall::EndLocked(const absl::Status& status) {
  ended_ = true;
  Finish(ToGrpcStatus(status));
  calls_->Ended("RebuildProjections", status);
}

void RebuildCall::OnCancel() {
  End(absl::CancelledError("the caller cancelled it, or its deadline has passed"));
}

void RebuildCall::OnDone() {
  std::shared_ptr<RebuildCall> self;
  {
    MutexLock lock(&mutex_);
    self = std::move(self_);
  }
  calls_->Remove(this);
  calls_->Gone();
}

}  // namespace annals
