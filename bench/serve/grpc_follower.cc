#include "bench/serve/grpc_follower.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

namespace annals::bench {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

GrpcFollowerThread::GrpcFollowerThread()
    : thread_([this] {
        void* tag = nullptr;
        bool ok = false;
        while (queue_.Next(&tag, &ok)) static_cast<GrpcFollower*>(tag)->GoOn(ok);
      }) {}

GrpcFollowerThread::~GrpcFollowerThread() {
  queue_.Shutdown();
  thread_.join();
}

GrpcFollower::GrpcFollower(const std::shared_ptr<grpc::Channel>& channel,
                           GrpcFollowerThread* thread, const v1::SubscribeRequest& request,
                           GrpcFollowing following)
    : following_(std::move(following)),
      stub_(v1::Timelines::NewStub(channel)),
      block_(kBlockBytes),
      arena_(block_.data(), block_.size()),
      stream_(stub_->PrepareAsyncSubscribe(&context_, request, thread->queue())) {
  stream_->StartCall(this);
}

void GrpcFollower::GoOn(bool ok) {
  if (state_ == State::kFinishing) {
    following_.ended(status_);
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

void GrpcFollower::Read() {
  arena_.Reset();
  response_ = google::protobuf::Arena::CreateMessage<v1::SubscribeResponse>(&arena_);
  stream_->Read(response_, this);
}

}  // namespace annals::bench
