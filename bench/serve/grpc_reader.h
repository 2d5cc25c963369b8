// GrpcReader: a reader of a feed over gRPC.
#ifndef ANNALS_BENCH_SERVE_GRPC_READER_H_
#define ANNALS_BENCH_SERVE_GRPC_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "bench/serve/follower.h"
#include "bench/serve/load_run.h"
#include "engine/base/mutex.h"

namespace annals::bench {

// One subscription, on whichever thread its follower has. What arrives there is counted when it
// is collected, on the run's. Lives until it has ended.
class GrpcReader {
 public:
  GrpcReader(LoadRun* run, Followers* followers, const Reader& reader);

  const Reader& reader() const { return reader_; }
  bool ended() const { return ended_; }
  void Cancel() { follower_->Cancel(); }

  void Collect() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Arrival {
    uint64_t position = 0;  // 0: a notice.
    Clock::time_point at;
  };

  void Receive(const v1::SubscribeResponse& response) ABSL_LOCKS_EXCLUDED(mutex_);
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);

  LoadRun* const run_;
  Reader reader_;
  bool following_ = false;
  bool ended_ = false;

  Mutex mutex_;
  std::vector<Arrival> arrivals_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  const std::unique_ptr<Follower> follower_;  // Last: it calls at once.
};

using GrpcReaders = std::vector<std::unique_ptr<GrpcReader>>;

// Collects every now and then, until each reader has ended.
Task<void> Collect(LoadRun* run, GrpcReaders* readers);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_GRPC_READER_H_
