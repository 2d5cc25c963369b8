// GrpcTest: a store with the timeline "sea", and a server that gives it out.
#ifndef ANNALS_TESTS_SERVER_GRPC_GRPC_FIXTURE_H_
#define ANNALS_TESTS_SERVER_GRPC_GRPC_FIXTURE_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/access/quotas.h"
#include "engine/base/mutex.h"
#include "engine/feed/feed.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/service.grpc.pb.h"
#include "server/grpc/grpc_server.h"
#include "tests/engine/service/store_service_fixture.h"

namespace annals::testing {

// Remembers which calls ended, and how. Thread-safe.
class CallEnds {
 public:
  void Add(absl::string_view verb, const absl::Status& status);

  // Waits until a call of that verb has ended, half a minute at most.
  absl::Status Await(const std::string& verb);

 private:
  Mutex mutex_;
  CondVar changed_;
  std::multimap<std::string, absl::Status> ends_ ABSL_GUARDED_BY(mutex_);
};

// A call of any method, of messages that generated code may not know.
class AnyCall {
 public:
  AnyCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method);
  ~AnyCall();

  // Writes one message, and no more.
  bool Send(const google::protobuf::Message& request);
  // False at the end.
  bool Receive(google::protobuf::Message* response);
  grpc::Status Finish();

 private:
  bool Done();

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

// A status as the engine has it.
absl::Status FromGrpc(const grpc::Status& status);

// A call that lasts half a minute at most, with a token if there is one.
std::unique_ptr<grpc::ClientContext> Context(const std::string& token = "");

// What a subscriber was given: "7", "checkpoint 8", "live 8".
std::string Text(const v1::FeedItem& item);

// The items of a stream, one at a time. Not thread-safe.
template <typename Response>
class ItemStream {
 public:
  explicit ItemStream(std::unique_ptr<grpc::ClientReader<Response>> reader)
      : reader_(std::move(reader)) {}

  // False at the end of the stream.
  template <typename Item>
  bool Read(Item* item) {
    while (next_ >= batch_.items_size()) {
      next_ = 0;
      if (!reader_->Read(&batch_)) return false;
    }
    *item = std::move(*batch_.mutable_items(next_++));
    return true;
  }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  const std::unique_ptr<grpc::ClientReader<Response>> reader_;
  Response batch_;
  int next_ = 0;
};
using EventStream = std::unique_ptr<ItemStream<v1::SubscribeResponse>>;

inline EventStream Items(std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> reader) {
  return std::make_unique<ItemStream<v1::SubscribeResponse>>(std::move(reader));
}

class GrpcTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Stops the server that there is, and starts one.
  void Serve(GrpcServerOptions options,
             const std::shared_ptr<grpc::ChannelCredentials>& credentials =
                 grpc::InsecureChannelCredentials());

  GrpcServer& server() { return *server_; }
  Service& service() { return opened_.service(); }
  v1::Timelines::Stub& stub() { return *stub_; }
  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  CallEnds& ends() { return ends_; }

  // Positions 2 to 4.
  void TellOfTwoShips();

  // Appends so many events, of about so many bytes each, as "PREFIX1" …
  void AppendMany(int count, const std::string& prefix, size_t bytes = 10);

  EventStream Subscribe(grpc::ClientContext* context, uint64_t after);

  const std::vector<Domain> domains_{Shipwrecks()};
  OpenedStore opened_{&domains_, At("2032-01-01T00:00:00Z")};
  std::unique_ptr<Feed> feed_;
  Quotas* quotas_ = nullptr;  // Of the next server.
  CallEnds ends_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Timelines::Stub> stub_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_SERVER_GRPC_GRPC_FIXTURE_H_
