// RebuildCall: a call of RebuildProjections.
#ifndef ANNALS_SERVER_GRPC_REBUILD_CALL_H_
#define ANNALS_SERVER_GRPC_REBUILD_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/base/mutex.h"
#include "engine/service/service.h"
#include "proto/annals/v1/service.pb.h"
#include "server/grpc/call_surroundings.h"
#include "server/grpc/open_calls.h"

namespace annals {

// Tells how far the rebuild is, as often as its reader takes that; the last report
// always. When the caller goes, the rebuild goes on. Holds a thread of the pool, which
// should therefore be one that nothing else waits for.
class RebuildCall final : public grpc::ServerWriteReactor<v1::RebuildProjectionsResponse>,
                          public LastingCall {
 public:
  // What the handler returns. If `admission` isn't OK, it is refused with that.
  static RebuildCall* Start(const CallSurroundings& surroundings, std::shared_ptr<Service> service,
                            const v1::RebuildProjectionsRequest& request,
                            const absl::Status& admission);

  void End(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_);
  void Review(std::chrono::steady_clock::time_point) override {}

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_);
  void OnCancel() override;
  void OnDone() override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit RebuildCall(OpenCalls* calls) : calls_(calls) {}

  void Tell(const v1::RebuildProjectionsResponse& report) ABSL_LOCKS_EXCLUDED(mutex_);
  void Rebuilt(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);
  // Writes what there is to tell, or ends the call, unless something is being written.
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  OpenCalls* const calls_;

  Mutex mutex_;
  std::shared_ptr<RebuildCall> self_ ABSL_GUARDED_BY(mutex_);  // Until it is gone.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;
  v1::RebuildProjectionsResponse written_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::RebuildProjectionsResponse> news_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> outcome_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_REBUILD_CALL_H_
