// GrpcFollower: a subscription over gRPC, as any client has it.
#ifndef ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
#define ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/arena.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.grpc.pb.h"

namespace annals::bench {

// Both are called on the queue's thread; `ended` once and last.
struct GrpcFollowing {
  std::function<void(const v1::SubscribeResponse&)> take;
  std::function<void(const grpc::Status&)> ended;
};

// A connection of its own: gRPC shares one among channels to the same server otherwise.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& server);

// A queue, and the one thread that polls it and serves its followers, all of which must
// have ended before it is destroyed.
class GrpcFollowerThread {
 public:
  GrpcFollowerThread();
  ~GrpcFollowerThread();

  grpc::CompletionQueue* queue() { return &queue_; }

 private:
  grpc::CompletionQueue queue_;
  std::thread thread_;
};

// Lives until `ended` was called, which must be awaited before it is destroyed.
class GrpcFollower {
 public:
  GrpcFollower(const std::shared_ptr<grpc::Channel>& channel, GrpcFollowerThread* thread,
               const v1::SubscribeRequest& request, GrpcFollowing following);

  void Cancel() { context_.TryCancel(); }

 private:
  friend class GrpcFollowerThread;
  enum class State { kStarting, kReading, kFinishing };

  // What was begun is over.
  void GoOn(bool ok);
  void Read();

  const GrpcFollowing following_;
  const std::unique_ptr<v1::Timelines::Stub> stub_;
  grpc::ClientContext context_;
  State state_ = State::kStarting;
  grpc::Status status_;
  // A response's memory is used again for the next one's.
  std::vector<char> block_;
  google::protobuf::Arena arena_;
  v1::SubscribeResponse* response_ = nullptr;
  std::unique_ptr<grpc::ClientAsyncReader<v1::SubscribeResponse>> stream_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_GRPC_FOLLOWER_H_
