#include "bench/serve/grpc_follower.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

#include "google/protobuf/arena.h"
#include "proto/annals/v1/service.grpc.pb.h"

namespace annals::bench {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

// A connection of its own: gRPC shares one among channels to the same server otherwise.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

class GrpcFollower final : public Follower {
 public:
  GrpcFollower(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
               const v1::SubscribeRequest& request, Following following)
      : following_(std::move(following)),
        stub_(v1::Timelines::NewStub(channel)),
        block_(kBlockBytes),
        arena_(block_.data(), block_.size()),
        stream_(stub_->PrepareAsyncSubscribe(&context_, request, queue)) {
    stream_->StartCall(this);
  }

  void Cancel() override { context_.TryCancel(); }

  // What was begun is over.
  void GoOn(bool ok) {
    if (state_ == State::kFinishing) {
      following_.ended(absl::Status(static_cast<absl::StatusCode>(status_.error_code()),
                                    status_.error_message()));
      return;
    }
    if (!ok) {
      state_ = State::kFinishing;
      stream_->Finish(&status_, this);
      return;
    }
    if (state_ == State::kReading) following_.take(*response_);
    state_ = State::kReading;
    Read();
  }

 private:
  enum class State { kStarting, kReading, kFinishing };

  void Read() {
    arena_.Reset();
    response_ = google::protobuf::Arena::CreateMessage<v1::SubscribeResponse>(&arena_);
    stream_->Read(response_, this);
  }

  const Following following_;
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

}  // namespace

GrpcFollowers::GrpcFollowers(const std::string& server, size_t connections)
    : thread_([this] {
        void* tag = nullptr;
        bool ok = false;
        while (queue_.Next(&tag, &ok)) static_cast<GrpcFollower*>(tag)->GoOn(ok);
      }) {
  const size_t count = std::max<size_t>(connections, 1);
  for (size_t i = 0; i < count; ++i) channels_.push_back(ChannelTo(server));
}

GrpcFollowers::~GrpcFollowers() {
  queue_.Shutdown();
  thread_.join();
}

std::unique_ptr<Follower> GrpcFollowers::Follow(const v1::SubscribeRequest& request,
                                                Following following) {
  const auto& channel = channels_[followers_++ % channels_.size()];
  return std::make_unique<GrpcFollower>(channel, &queue_, request, std::move(following));
}

}  // namespace annals::bench
