// GrpcFollowers: subscriptions by gRPC's own C++ client, as any program has them.
#ifndef ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
#define ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/serve/follower.h"

namespace annals::bench {

// They share so many connections to `server` in turn. One thread polls for all of them, and
// calls what they are given. Not thread-safe.
class GrpcFollowers final : public Followers {
 public:
  GrpcFollowers(const std::string& server, size_t connections);
  ~GrpcFollowers() override;
  GrpcFollowers(const GrpcFollowers&) = delete;
  GrpcFollowers& operator=(const GrpcFollowers&) = delete;

  std::unique_ptr<Follower> Follow(const v1::SubscribeRequest& request,
                                   Following following) override;

 private:
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  size_t followers_ = 0;
  grpc::CompletionQueue queue_;
  std::thread thread_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
