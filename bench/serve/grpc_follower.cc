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

GrpcFollower::GrpcFollower(const std::shared_ptr<grpc::Channel>& channel,
                           const v1::SubscribeRequest& request, GrpcFollowing following)
    : request_(request),
      following_(std::move(following)),
      stub_(v1::Timelines::NewStub(channel)),
      block_(kBlockBytes),
      arena_(block_.data(), block_.size()) {
  stub_->async()->Subscribe(&context_, &request_, this);
  Read();
  StartCall();
}

void GrpcFollower::Read() {
  arena_.Reset();
  response_ = google::protobuf::Arena::CreateMessage<v1::SubscribeResponse>(&arena_);
  StartRead(response_);
}

void GrpcFollower::OnReadDone(bool ok) {
  if (!ok) return;
  following_.take(*response_);
  Read();
}

}  // namespace annals::bench
