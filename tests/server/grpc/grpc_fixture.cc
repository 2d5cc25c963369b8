#include "tests/server/grpc/grpc_fixture.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

constexpr std::chrono::seconds kPatience(30);

std::chrono::system_clock::time_point Deadline() {
  return std::chrono::system_clock::now() + kPatience;
}

}  // namespace

void CallEnds::Add(absl::string_view verb, const absl::Status& status) {
  MutexLock lock(&mutex_);
  ends_.emplace(verb, status);
  changed_.NotifyAll();
}

absl::Status CallEnds::Await(const std::string& verb) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(&mutex_);
  while (ends_.count(verb) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      return absl::DeadlineExceededError(absl::StrCat("no call of ", verb, " has ended"));
    }
    changed_.WaitFor(&mutex_, kPatience);
  }
  return ends_.find(verb)->second;
}

AnyCall::AnyCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method)
    : stub_(channel) {
  context_.set_deadline(Deadline());
  call_ = stub_.PrepareCall(&context_, method, &queue_);
  call_->StartCall(this);
  EXPECT_TRUE(Done()) << method;
}

AnyCall::~AnyCall() {
  context_.TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) continue;
}

bool AnyCall::Done() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

bool AnyCall::Send(const google::protobuf::Message& request) {
  grpc::Slice slice(request.SerializeAsString());
  call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), this);
  return Done();
}

bool AnyCall::Receive(google::protobuf::Message* response) {
  grpc::ByteBuffer bytes;
  call_->Read(&bytes, this);
  if (!Done()) return false;
  grpc::Slice slice;
  EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
  return response->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

grpc::Status AnyCall::Finish() {
  grpc::Status status;
  call_->Finish(&status, this);
  Done();
  return status;
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::unique_ptr<grpc::ClientContext> Context(const std::string& token) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(Deadline());
  if (!token.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
  return context;
}

std::string Text(const v1::FeedItem& item) {
  switch (item.item_case()) {
    case v1::FeedItem::kEvent:
      return absl::StrCat(item.event().position());
    case v1::FeedItem::kCheckpoint:
      return absl::StrCat("checkpoint ", item.checkpoint().position());
    case v1::FeedItem::kCaughtUp:
      return absl::StrCat("live ", item.caught_up().position());
    default:
      return "nothing";
  }
}

void GrpcTest::SetUp() {
  feed_ = std::make_unique<Feed>(&opened_.store().log(), Feed::Options{});
  ASSERT_OK(service().CreateTimeline(Creation(kSea, "The sea")));
  Serve({});
}

void GrpcTest::TearDown() { server_.reset(); }

void GrpcTest::Serve(GrpcServerOptions options,
                     const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  server_.reset();
  options.observer = [this](absl::string_view verb, const absl::Status& status) {
    ends_.Add(verb, status);
  };
  Store& store = opened_.store();
  ASSERT_OK_AND_ASSIGN(server_, GrpcServer::Start(std::move(options), {.service = &service(),
                                                                       .feed = feed_.get(),
                                                                       .queries = &store.queries(),
                                                                       .log = &store.log(),
                                                                       .quotas = quotas_}));
  // By its address: as ::1, the name may be that of another program's server.
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  channel_ = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()), credentials,
                                       arguments);
  stub_ = v1::Timelines::NewStub(channel_);
}

void GrpcTest::TellOfTwoShips() {
  auto request = Asked<v1::AppendRequest>();
  *request.add_events() =
      WithId(ShipSunk("rose", "north", 20, 30, {"1931-02", "1931-03-01"}), "rose-lost");
  *request.add_events() =
      WithId(ShipSunk("star", "channel", 8, 8, {"1931-02-25", "1931-03-02"}), "star-lost");
  *request.add_events() = WithId(
      Superseding(ShipSunk("rose", "north", 24, 24, {"1931-02-22", "1931-05-01"}), "rose-lost"),
      "rose-exact");
  ASSERT_OK(service().Append(std::move(request)));
}

void GrpcTest::AppendMany(int count, const std::string& prefix, size_t bytes) {
  const std::string text(bytes, 'x');
  auto request = Asked<v1::AppendRequest>();
  for (int i = 1; i <= count; ++i) {
    *request.add_events() =
        WithId(CrewListed("rose", {text}, {"1931-02", "1931-03-05"}), absl::StrCat(prefix, i));
  }
  ASSERT_OK(service().Append(std::move(request)));
}

EventStream GrpcTest::Subscribe(grpc::ClientContext* context, uint64_t after) {
  auto request = Asked<v1::SubscribeRequest>();
  request.set_after(after);
  return Items(stub().Subscribe(context, request));
}

}  // namespace annals::testing
