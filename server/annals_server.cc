#include "server/annals_server.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/access/token_table.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/service/guarded_store.h"
#include "engine/service/store_service.h"
#include "prometheus/registry.h"
#include "server/front_door.h"
#include "server/grpc/grpc_server.h"
#include "server/http/access_log.h"
#include "server/http/problem.h"
#include "server/http/server.h"
#include "server/http/server_metrics.h"
#include "server/http/tls.h"
#include "server/probes.h"
#include "server/rest/answer_cache.h"
#include "server/rest/event_resources.h"
#include "server/rest/feed_routes.h"
#include "server/rest/openapi.h"
#include "server/rest/proof_resources.h"
#include "server/rest/question_resources.h"
#include "server/rest/timeline_resources.h"
#include "server/rest/verbs.h"

namespace annals {
namespace {

using boost::asio::ip::make_address;

// The largest append, and what its framing takes.
constexpr size_t kMaxBodyBytes = kMaxBatchBytes + (size_t{1} << 20);

bool IsLoopback(const Endpoint& endpoint) {
  boost::system::error_code error;
  return make_address(endpoint.address, error).is_loopback() && !error;
}

absl::Status CheckEncrypted(const Endpoint& endpoint, const AnnalsServerOptions& options) {
  if (IsLoopback(endpoint) || options.tls.has_value()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "listening on ", endpoint.ToString(),
      " without TLS is refused: everyone on the way could read along; give --tls-cert FILE and "
      "--tls-key FILE, or listen on 127.0.0.1 or [::1] behind a reverse proxy or an SSH tunnel"));
}

absl::Status CheckSomebodyMayAsk(const Endpoint& endpoint, const AnnalsServerOptions& options,
                                 const TokenTable& tokens) {
  const bool requires_token = options.requires_token || !IsLoopback(endpoint);
  if (!requires_token || !tokens.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "listening on ", endpoint.ToString(),
      " takes tokens, and the store has none, so that nobody could ask; make the first with "
      "`annals token create --role admin --timeline '*'`"));
}

absl::StatusOr<std::string> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (file.is_open() && !text.str().empty()) return text.str();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", file.is_open() ? "it is empty" : "it can't be read"));
}

// gRPC itself says of what it can't use only that there is something.
absl::StatusOr<GrpcTls> GrpcTlsFrom(const ServerCertificate& files) {
  ANNALS_RETURN_IF_ERROR(http::MakeTlsContext({.certificate_path = files.certificate_path,
                                               .key_path = files.key_path,
                                               .client_ca_path = files.client_ca_path})
                             .status());
  GrpcTls tls;
  ANNALS_ASSIGN_OR_RETURN(tls.certificates, Contents(files.certificate_path));
  ANNALS_ASSIGN_OR_RETURN(tls.key, Contents(files.key_path));
  if (files.client_ca_path.empty()) return tls;
  ANNALS_ASSIGN_OR_RETURN(tls.client_root, Contents(files.client_ca_path));
  return tls;
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
      : service_(store, {.describe_type = options.describe_type}),
        pool_(static_cast<size_t>(options.blocking_threads)),
        cache_(options.cache_bytes),
        metrics_(&registry_),
        probes_(store, &registry_, &feed_readers_),
        endpoint_(options.http),
        quotas_(options.quotas, options.clock) {
    guarded_ = {.service = &service_,
                .feed = service_.feeds().OpenFeed(),
                .queries = &store->queries(),
                .log = &store->log(),
                .quotas = &quotas_,
                .erasures = [store] { return store->eraser().count(); },
                .is_sensitive =
                    [store](absl::string_view timeline) { return store->IsSensitive(timeline); },
                .refuse =
                    [](const QuotaRefusal& refusal) {
                      const std::chrono::microseconds after(refusal.retry_micros);
                      return http::WithRetryAfter(
                          refusal.status, std::chrono::ceil<std::chrono::milliseconds>(after));
                    }};
    if (options.logs_requests) {
      log_ = std::make_unique<http::AccessLog>(std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                               options.clock);
    }
  }

  ~Parts() { Stop(std::chrono::milliseconds(0)).IgnoreError(); }

  absl::Status Listen(const AnnalsServerOptions& options) {
    ANNALS_ASSIGN_OR_RETURN(const TokenTable* const tokens, service_.OpenTokens());
    ANNALS_RETURN_IF_ERROR(CheckSomebodyMayAsk(options.http, options, *tokens));
    if (options.grpc) ANNALS_RETURN_IF_ERROR(CheckSomebodyMayAsk(*options.grpc, options, *tokens));
    ANNALS_RETURN_IF_ERROR(ListenForHttp(options, tokens));
    return options.grpc ? ListenForGrpc(options, tokens) : absl::OkStatus();
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
  absl::Status ListenForHttp(const AnnalsServerOptions& options, const TokenTable* tokens) {
    door_ = std::make_unique<FrontDoor>(
        tokens,
        FrontDoor::Options{.requires_token = options.requires_token || !IsLoopback(options.http),
                           .checks_host = IsLoopback(options.http),
                           .hosts = options.hosts,
                           .origins = options.origins});
    http::ServerOptions listening{.address = options.http.address,
                                  .port = options.http.port,
                                  .threads = options.threads,
                                  .clock = options.clock};
    listening.limits.body_bytes = kMaxBodyBytes;
    listening.finishing.cors.allowed_origins = options.origins;
    if (options.tls) {
      listening.tls = http::TlsOptions{.certificate_path = options.tls->certificate_path,
                                       .key_path = options.tls->key_path};
    }
    listening.observers.push_back(&metrics_);
    if (log_ != nullptr) listening.observers.push_back(log_.get());
    ANNALS_ASSIGN_OR_RETURN(http_,
                            http::HttpServer::Start(std::move(listening), MakeRouter(options)));
    endpoint_.port = http_->port();
    return absl::OkStatus();
  }

  absl::Status ListenForGrpc(const AnnalsServerOptions& options, const TokenTable* tokens) {
    GrpcServerOptions listening{
        .host = options.grpc->address,
        .port = options.grpc->port,
        .authenticate = [tokens](absl::string_view bearer) { return tokens->Authenticate(bearer); },
        .requires_token = options.requires_token || !IsLoopback(*options.grpc),
        .clock = options.clock};
    if (options.tls) {
      ANNALS_ASSIGN_OR_RETURN(listening.tls, GrpcTlsFrom(*options.tls));
    }
    ANNALS_ASSIGN_OR_RETURN(grpc_, GrpcServer::Start(std::move(listening), guarded_));
    grpc_endpoint_ = {options.grpc->address, static_cast<uint16_t>(grpc_->port())};
    return absl::OkStatus();
  }

  http::Router MakeRouter(const AnnalsServerOptions& options) {
    http::Router router;
    router.SetAdmission(
        [door = door_.get()](http::Request* request) { return door->Admit(request); });
    probes_.AddRoutes(&pool_, &router);
    rest::AddOpenApiRoute(&router);
    const rest::ResourceContext resources{&guarded_, &pool_, &cache_};
    rest::AddQuestionResources(resources, &router);
    rest::AddEventResources(resources, &router);
    rest::AddProofResources(resources, &router);
    rest::AddTimelineResources(resources, &router);
    rest::AddVerbRoutes(&guarded_, &pool_, &router);
    rest::AddFeedRoutes(
        {.store = &guarded_, .pool = &pool_, .clock = options.clock, .readers = &feed_readers_},
        &router);
    return router;
  }

  StoreService service_;
  std::atomic<int64_t> feed_readers_ = 0;
  boost::asio::thread_pool pool_;
  rest::AnswerCache cache_;
  prometheus::Registry registry_;
  http::ServerMetrics metrics_;
  Probes probes_;
  std::unique_ptr<http::AccessLog> log_;
  Endpoint endpoint_;
  Quotas quotas_;
  GuardedStore guarded_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<http::HttpServer> http_;
  std::optional<Endpoint> grpc_endpoint_;
  std::unique_ptr<GrpcServer> grpc_;
};

AnnalsServer::AnnalsServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
AnnalsServer::~AnnalsServer() = default;

absl::StatusOr<std::unique_ptr<AnnalsServer>> AnnalsServer::Start(
    Store* store, const AnnalsServerOptions& options) {
  ANNALS_RETURN_IF_ERROR(CheckEncrypted(options.http, options));
  if (options.grpc) ANNALS_RETURN_IF_ERROR(CheckEncrypted(*options.grpc, options));
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
