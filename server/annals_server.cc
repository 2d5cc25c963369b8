#include "server/annals_server.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/service/store_service.h"
#include "prometheus/registry.h"
#include "server/grpc/grpc_server.h"
#include "server/http/access_log.h"
#include "server/http/server.h"
#include "server/http/server_metrics.h"
#include "server/probes.h"
#include "server/rest/answer_cache.h"
#include "server/rest/event_resources.h"
#include "server/rest/feed_routes.h"
#include "server/rest/openapi.h"
#include "server/rest/question_resources.h"
#include "server/rest/timeline_resources.h"
#include "server/rest/verbs.h"

namespace annals {
namespace {

using boost::asio::ip::make_address;

// The largest append, and what its framing takes.
constexpr size_t kMaxBodyBytes = kMaxBatchBytes + (size_t{1} << 20);

absl::Status CheckReachableByOwnersAlone(const Endpoint& endpoint) {
  boost::system::error_code error;
  const auto address = make_address(endpoint.address, error);
  if (error || address.is_loopback()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "listening on ", endpoint.ToString(),
      " is refused: others could read and write the store, since this server has neither TLS nor "
      "tokens to know them by; listen on 127.0.0.1 or [::1], and let a reverse proxy or an SSH "
      "tunnel decide who gets there"));
}

}  // namespace

absl::StatusOr<Endpoint> Endpoint::Parse(absl::string_view text) {
  const auto refused = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("the address \"", text, "\" ", why,
                                                   "; it looks like 127.0.0.1:7171 or [::1]:7171"));
  };
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return refused("has no port");
  absl::string_view host = text.substr(0, colon);
  const absl::string_view digits = text.substr(colon + 1);
  uint32_t port = 0;
  if (digits.empty() || digits.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(digits, &port) || port > UINT16_MAX) {
    return refused("has a port that is none");
  }
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = make_address(std::string(host), error);
  if (error || address.is_v6() != bracketed) return refused("is not one of numbers");
  return Endpoint{std::string(host), static_cast<uint16_t>(port)};
}

std::string Endpoint::ToString() const {
  const bool is_v6 = address.find(':') != std::string::npos;
  return absl::StrCat(is_v6 ? "[" : "", address, is_v6 ? "]:" : ":", port);
}

// In the order in which they need each other: the last is destroyed first.
class AnnalsServer::Parts {
 public:
  Parts(Store* store, const AnnalsServerOptions& options)
      : store_(store),
        service_(store, {.describe_type = options.describe_type}),
        pool_(static_cast<size_t>(options.blocking_threads)),
        cache_(options.cache_bytes),
        metrics_(&registry_),
        probes_(store, &registry_, &feed_readers_),
        endpoint_(options.http) {
    if (options.logs_requests) {
      log_ = std::make_unique<http::AccessLog>(std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                               options.clock);
    }
  }

  ~Parts() { Stop(std::chrono::milliseconds(0)).IgnoreError(); }

  absl::Status Listen(const AnnalsServerOptions& options) {
    http::ServerOptions listening{.address = options.http.address,
                                  .port = options.http.port,
                                  .threads = options.threads,
                                  .clock = options.clock};
    listening.limits.body_bytes = kMaxBodyBytes;
    listening.observers.push_back(&metrics_);
    if (log_ != nullptr) listening.observers.push_back(log_.get());
    ANNALS_ASSIGN_OR_RETURN(http_,
                            http::HttpServer::Start(std::move(listening), MakeRouter(options)));
    endpoint_.port = http_->port();
    if (!options.grpc) return absl::OkStatus();
    ANNALS_ASSIGN_OR_RETURN(grpc_, GrpcServer::Start({.host = options.grpc->address,
                                                      .port = options.grpc->port,
                                                      .clock = options.clock},
                                                     {.service = &service_,
                                                      .feed = service_.feeds().OpenFeed(),
                                                      .queries = &store_->queries(),
                                                      .log = &store_->log()}));
    grpc_endpoint_ = {options.grpc->address, static_cast<uint16_t>(grpc_->port())};
    return absl::OkStatus();
  }

  absl::Status Stop(std::chrono::milliseconds patience) {
    if (http_ == nullptr) return absl::OkStatus();
    probes_.SayStopping();
    // Side by side, so that both have all of the patience.
    absl::Status over_grpc;
    std::thread stopping([&] {
      if (grpc_ != nullptr) over_grpc = grpc_->Stop(patience);
    });
    const absl::Status over_http = http_->Stop(patience);
    stopping.join();
    grpc_ = nullptr;
    pool_.join();
    http_ = nullptr;
    return over_http.ok() ? over_grpc : over_http;
  }

  const Endpoint& endpoint() const { return endpoint_; }
  const std::optional<Endpoint>& grpc_endpoint() const { return grpc_endpoint_; }

 private:
  http::Router MakeRouter(const AnnalsServerOptions& options) {
    http::Router router;
    probes_.AddRoutes(&pool_, &router);
    rest::AddOpenApiRoute(&router);
    const rest::ResourceContext resources{&service_, &pool_, &cache_};
    rest::AddQuestionResources(resources, &router);
    rest::AddEventResources(resources, &router);
    rest::AddTimelineResources(resources, &router);
    rest::AddVerbRoutes(&service_, &pool_, &router);
    rest::AddFeedRoutes({.service = &service_,
                         .feed = service_.feeds().OpenFeed(),
                         .queries = &store_->queries(),
                         .log = &store_->log(),
                         .pool = &pool_,
                         .clock = options.clock,
                         .readers = &feed_readers_},
                        &router);
    return router;
  }

  Store* const store_;
  StoreService service_;
  std::atomic<int64_t> feed_readers_ = 0;
  boost::asio::thread_pool pool_;
  rest::AnswerCache cache_;
  prometheus::Registry registry_;
  http::ServerMetrics metrics_;
  Probes probes_;
  std::unique_ptr<http::AccessLog> log_;
  Endpoint endpoint_;
  std::unique_ptr<http::HttpServer> http_;
  std::optional<Endpoint> grpc_endpoint_;
  std::unique_ptr<GrpcServer> grpc_;
};

AnnalsServer::AnnalsServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
AnnalsServer::~AnnalsServer() = default;

absl::StatusOr<std::unique_ptr<AnnalsServer>> AnnalsServer::Start(
    Store* store, const AnnalsServerOptions& options) {
  ANNALS_RETURN_IF_ERROR(CheckReachableByOwnersAlone(options.http));
  if (options.grpc) ANNALS_RETURN_IF_ERROR(CheckReachableByOwnersAlone(*options.grpc));
  auto parts = std::make_unique<Parts>(store, options);
  ANNALS_RETURN_IF_ERROR(parts->Listen(options));
  return std::unique_ptr<AnnalsServer>(new AnnalsServer(std::move(parts)));
}

const Endpoint& AnnalsServer::http() const { return parts_->endpoint(); }

const std::optional<Endpoint>& AnnalsServer::grpc() const { return parts_->grpc_endpoint(); }

absl::Status AnnalsServer::Stop(std::chrono::milliseconds patience) {
  return parts_->Stop(patience);
}

}  // namespace annals
