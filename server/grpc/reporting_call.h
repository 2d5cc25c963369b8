// ReportingCall: a call of a verb that takes long, and tells how far it is.
#ifndef ANNALS_SERVER_GRPC_REPORTING_CALL_H_
#define ANNALS_SERVER_GRPC_REPORTING_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/base/mutex.h"
#include "server/grpc/call_surroundings.h"
#include "server/grpc/grpc_status.h"
#include "server/grpc/open_calls.h"

namespace annals {

// Tells what is reported as often as its reader takes that; the last report always. When
// the caller goes, the verb goes on. Holds a thread of the pool, which should therefore
// be one that nothing else waits for.
template <typename Report>
class ReportingCall final : public grpc::ServerWriteReactor<Report>, public LastingCall {
 public:
  using Tell = std::function<void(const Report&)>;
  using Verb = std::function<absl::Status(const Tell&)>;

  // What the handler returns. If `admission` isn't OK, it is refused with that.
  static ReportingCall* Start(const CallSurroundings& surroundings, const char* name, Verb verb,
                              const absl::Status& admission);

  void End(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(&mutex_);
    if (!ended_) EndLocked(status);
  }
  void Review(std::chrono::steady_clock::time_point) override {}

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(&mutex_);
    is_writing_ = false;
    if (!ok && !ended_) EndLocked(absl::CancelledError("the caller has gone"));
    GoOn();
  }
  void OnCancel() override {
    End(absl::CancelledError("the caller cancelled it, or its deadline has passed"));
  }
  void OnDone() override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  ReportingCall(OpenCalls* calls, const char* name) : calls_(calls), name_(name) {}

  void TellOf(const Report& report) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(&mutex_);
    news_ = report;
    GoOn();
  }
  void Finished(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(&mutex_);
    outcome_ = status;
    GoOn();
  }
  // Writes what there is to tell, or ends the call, unless something is being written.
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ended_ = true;
    this->Finish(ToGrpcStatus(status));
    calls_->Ended(name_, status);
  }

  OpenCalls* const calls_;
  const char* const name_;

  Mutex mutex_;
  std::shared_ptr<ReportingCall> self_ ABSL_GUARDED_BY(mutex_);  // Until it is gone.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;
  Report written_ ABSL_GUARDED_BY(mutex_);
  std::optional<Report> news_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> outcome_ ABSL_GUARDED_BY(mutex_);
};

template <typename Report>
ReportingCall<Report>* ReportingCall<Report>::Start(const CallSurroundings& surroundings,
                                                    const char* name, Verb verb,
                                                    const absl::Status& admission) {
  const std::shared_ptr<ReportingCall> call(new ReportingCall(surroundings.calls, name));
  const absl::Status may_begin = surroundings.calls->Begin();
  {
    MutexLock lock(&call->mutex_);
    call->self_ = call;
    if (!may_begin.ok() || !admission.ok()) {
      call->EndLocked(may_begin.ok() ? admission : may_begin);
      return call.get();
    }
  }
  boost::asio::post(*surroundings.pool, [call, verb = std::move(verb)] {
    call->Finished(verb([&](const Report& report) { call->TellOf(report); }));
  });
  surroundings.calls->Add(call);
  return call.get();
}

template <typename Report>
void ReportingCall<Report>::GoOn() {
  if (ended_ || is_writing_) return;
  if (news_.has_value()) {
    written_ = *std::exchange(news_, std::nullopt);
    is_writing_ = true;
    this->StartWrite(&written_);
  } else if (outcome_.has_value()) {
    EndLocked(*outcome_);
  }
}

template <typename Report>
void ReportingCall<Report>::OnDone() {
  std::shared_ptr<ReportingCall> self;
  {
    MutexLock lock(&mutex_);
    self = std::move(self_);
  }
  calls_->Remove(this);
  calls_->Gone();
}

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_REPORTING_CALL_H_
