#include "server/grpc/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "server/grpc/grpc_status.h"
#include "server/grpc/stream_call.h"
#include "server/grpc/stream_loop.h"
#include "server/grpc/stream_orders.h"

namespace annals {
namespace {

using std::chrono::milliseconds;

// Of requests, beyond the events of the largest.
constexpr int kRequestOverheadBytes = 1 << 20;

constexpr int kMaxCallsAConnection = 1'000;
constexpr int kMaxCallMetadataBytes = 16 << 10;
constexpr int kKeepaliveMillis = 30'000;
constexpr int kKeepaliveTimeoutMillis = 10'000;
constexpr int kLeastPingIntervalMillis = 5'000;

// What is over may have an answer on its way still.
constexpr milliseconds kFlushing{50};

constexpr char kService[] = "annals.v1.Timelines";

bool IsLoopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

std::string Address(const std::string& host, int port) {
  const bool is_v6 = absl::StrContains(host, ':');
  return is_v6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

absl::Status CheckSafe(const GrpcServerOptions& options) {
  const bool asks_for_tokens = options.authenticate && options.requires_token;
  if (IsLoopback(options.host) || (options.tls.has_value() && asks_for_tokens)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("\"", options.host,
                   "\" lets others than this machine in, which takes TLS and tokens; "
                   "\"127.0.0.1\" takes neither"));
}

std::shared_ptr<grpc::ServerCredentials> Credentials(const std::optional<GrpcTls>& tls) {
  if (!tls.has_value()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(
      tls->client_root.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                               : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls->client_root;
  options.pem_key_cert_pairs.push_back({tls->key, tls->certificates});
  return grpc::SslServerCredentials(options);
}

// Whom a quota refuses is told when to come back.
GuardedStore WithRetryInfo(GuardedStore served) {
  served.refuse = [](const QuotaRefusal& refusal) {
    return WithRetryDelay(refusal.status, refusal.retry_micros);
  };
  return served;
}

// They are switched on for all servers of the process, and before the first.
void SwitchOnHealthAndReflection() {
  static const bool done = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)done;
}

}  // namespace

// Members in the order in which they need each other.
class GrpcServer::Running {
 public:
  Running(GrpcServerOptions options, const GuardedStore& served)
      : options_(std::move(options)),
        gate_(options_.authenticate, options_.requires_token),
        calls_(options_.observer),
        pool_(static_cast<size_t>(options_.threads)),
        service_(WithRetryInfo(served), &gate_, Surroundings(served), &maintenance_),
        orders_(WithRetryInfo(served), &gate_, options_.clock),
        entrance_{.service = &streams_,
                  .surroundings = Surroundings(served),
                  .order =
                      [this](const std::string& verb, const grpc::ServerContextBase& context,
                             const grpc::ByteBuffer& request) {
                        return orders_.Take(verb, context, request);
                      }},
        review_(pool_) {}

  absl::Status Start() {
    SwitchOnHealthAndReflection();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(Address(options_.host, options_.port), Credentials(options_.tls),
                             &port_);
    builder.RegisterService(&service_);
    builder.RegisterAsyncGenericService(&streams_);
    loop_.emplace(builder.AddCompletionQueue());
    entrance_.loop = &*loop_;
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxBatchBytes) + kRequestOverheadBytes);
    // Reflection alone is served synchronously.
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
    // A port that another process serves is not shared with it.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsAConnection);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxCallMetadataBytes);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kLeastPingIntervalMillis);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(absl::StrCat(
          "can't listen on ", Address(options_.host, options_.port), "; is another server there",
          options_.tls.has_value() ? ", or no PEM in what should be a key or a certificate?"
                                   : "?"));
    }
    StreamCall::Await(&entrance_);
    loop_->Start();
    server_->GetHealthCheckService()->SetServingStatus(kService, true);
    ScheduleReview();
    return absl::OkStatus();
  }

  absl::Status Stop(milliseconds patience) {
    bool is_whole = true;
    if (server_ != nullptr) {
      server_->GetHealthCheckService()->Shutdown();
      calls_.Close();
      is_whole = calls_.WaitUntilNone(patience);
      server_->Shutdown(std::chrono::system_clock::now() + kFlushing);
    }
    {
      MutexLock lock(&mutex_);
      is_stopping_ = true;
      review_.cancel();
    }
    maintenance_.join();
    pool_.join();
    // No thread but its own begins anything on its queue any more.
    if (loop_.has_value()) loop_->Stop();
    server_.reset();
    if (is_whole) return absl::OkStatus();
    return absl::DeadlineExceededError(absl::StrFormat(
        "calls that were not over after %d ms have been cut off", patience.count()));
  }

  int port() const { return port_; }
  std::string address() const { return Address(options_.host, port_); }
  size_t streams() const { return calls_.lasting(); }

 private:
  CallSurroundings Surroundings(const GuardedStore& served) {
    return {.pool = &pool_,
            .calls = &calls_,
            .heads = &served.feed->heads(),
            .clock = options_.clock,
            .slow_reader_patience = options_.slow_reader_patience};
  }

  // Often enough that nobody waits twice as long as they should.
  void ScheduleReview() {
    MutexLock lock(&mutex_);
    if (is_stopping_) return;
    review_.expires_after(std::clamp<milliseconds>(options_.slow_reader_patience / 4,
                                                   milliseconds(10), milliseconds(500)));
    review_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      calls_.ReviewAll(std::chrono::steady_clock::now());
      ScheduleReview();
    });
  }

  const GrpcServerOptions options_;
  const CallGate gate_;
  OpenCalls calls_;
  boost::asio::thread_pool pool_;
  boost::asio::thread_pool maintenance_{1};
  TimelinesService service_;
  const StreamOrders orders_;
  grpc::AsyncGenericService streams_;
  StreamEntrance entrance_;
  std::optional<StreamLoop> loop_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;

  Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  boost::asio::steady_timer review_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(GrpcServerOptions options,
                                                              const GuardedStore& served) {
  ANNALS_RETURN_IF_ERROR(CheckSafe(options));
  auto running = std::make_unique<Running>(std::move(options), served);
  std::unique_ptr<GrpcServer> server(new GrpcServer(std::move(running)));
  ANNALS_RETURN_IF_ERROR(server->running_->Start());
  return server;
}

GrpcServer::GrpcServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}

GrpcServer::~GrpcServer() { (void)running_->Stop(milliseconds(0)); }

absl::Status GrpcServer::Stop(std::chrono::milliseconds patience) {
  return running_->Stop(patience);
}

int GrpcServer::port() const { return running_->port(); }
std::string GrpcServer::address() const { return running_->address(); }
size_t GrpcServer::streams() const { return running_->streams(); }

}  // namespace annals
