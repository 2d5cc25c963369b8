// GrpcFollower: a subscription over gRPC, as any client has it.
#ifndef ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
#define ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/arena.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.grpc.pb.h"

namespace annals::bench {

// Both are called on gRPC's threads, one call after the other; `ended` once and last.
struct GrpcFollowing {
  std::function<void(const v1::SubscribeResponse&)> take;
  std::function<void(const grpc::Status&)> ended;
};

// A connection of its own: gRPC shares one among channels to the same server otherwise.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& server);

// Lives until `ended` was called, which must be awaited before it is destroyed.
class GrpcFollower final : public grpc::ClientReadReactor<v1::SubscribeResponse> {
 public:
  GrpcFollower(const std::shared_ptr<grpc::Channel>& channel, const v1::SubscribeRequest& request,
               GrpcFollowing following);

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override { following_.ended(status); }

 private:
  void Read();

  const v1::SubscribeRequest request_;
  const GrpcFollowing following_;
  const std::unique_ptr<v1::Timelines::Stub> stub_;
  grpc::ClientContext context_;
  // A response's memory is used again for the next one's.
  std::vector<char> block_;
  google::protobuf::Arena arena_;
  v1::SubscribeResponse* response_ = nullptr;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
