#include "server/probes.h"

#include <prometheus/text_serializer.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "server/rest/caller.h"

namespace annals {
namespace {

using http::Awaitable;
using http::Request;
using http::Response;

uint64_t LagOf(uint64_t head, const ProjectionProgress& progress) {
  return head > progress.position.value ? head - progress.position.value : 0;
}

http::Response NotKept(Response response) {
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

prometheus::MetricFamily Gauge(std::string name, std::string help) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void AddValue(double value, std::vector<prometheus::ClientMetric::Label> labels,
              prometheus::MetricFamily* family) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family->metric.push_back(std::move(metric));
}

absl::Status MayRead(const Request& request) {
  return rest::CallerOf(request)->CheckMay(v1::READER, kAllTimelines);
}

}  // namespace

absl::StatusOr<std::vector<Probes::Projected>> Probes::Look() const {
  std::vector<Projected> all;
  for (const std::string& timeline : store_->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store_->log().GetHead(timeline));
    ANNALS_ASSIGN_OR_RETURN(std::vector<ProjectionProgress> projections,
                            store_->projections().Progress(timeline));
    all.push_back({timeline, head.position.value, std::move(projections)});
  }
  return all;
}

void Probes::WriteProgress(const Projected& timeline, JsonWriter* json) {
  json->BeginObject();
  json->Name("timeline");
  json->String(timeline.timeline);
  json->Name("head");
  json->Raw(absl::StrCat(timeline.head));
  json->Name("projections");
  json->BeginArray();
  for (const ProjectionProgress& one : timeline.projections) {
    json->BeginObject();
    json->Name("projection");
    json->String(one.projection);
    json->Name("lag");
    json->Raw(absl::StrCat(LagOf(timeline.head, one)));
    json->Name("stopped");
    json->Raw(one.status.ok() ? "false" : "true");
    json->EndObject();
  }
  json->EndArray();
  json->EndObject();
}

absl::StatusOr<Response> Probes::Readiness(bool in_detail) const {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Projected> all, Look());
  bool ready = !stopping_;
  for (const Projected& timeline : all) {
    for (const ProjectionProgress& one : timeline.projections) {
      ready = ready && (!one.status.ok() || LagOf(timeline.head, one) <= kReadyLag);
    }
  }
  JsonWriter json(false);
  json.BeginObject();
  if (in_detail) {
    json.Name("timelines");
    json.BeginArray();
    for (const Projected& timeline : all) WriteProgress(timeline, &json);
    json.EndArray();
  }
  json.Name("ready");
  json.Raw(ready ? "true" : "false");
  json.EndObject();
  Response response = NotKept(Response::Of("application/json", absl::StrCat(json.text(), "\n")));
  response.status = ready ? 200 : 503;
  return response;
}

absl::StatusOr<Response> Probes::Metrics() const {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Projected> all, Look());
  auto heads = Gauge("annals_timeline_head", "The last position.");
  auto lags = Gauge("annals_projection_lag", "Positions behind the head.");
  auto stopped = Gauge("annals_projection_stopped", "1 if it stopped on an event.");
  auto readers = Gauge("annals_feed_readers", "Feeds that are followed now.");
  auto unsafe = Gauge("annals_unsafe_setting", "1 if the setting is in force.");
  AddValue(store_->folder().durability() == storage::Durability::kBuffered ? 1 : 0,
           {{"setting", "unsafe_no_sync"}}, &unsafe);
  for (const Projected& timeline : all) {
    AddValue(static_cast<double>(timeline.head), {{"timeline", timeline.timeline}}, &heads);
    for (const ProjectionProgress& one : timeline.projections) {
      const std::vector<prometheus::ClientMetric::Label> labels = {{"timeline", timeline.timeline},
                                                                   {"projection", one.projection}};
      AddValue(static_cast<double>(LagOf(timeline.head, one)), labels, &lags);
      AddValue(one.status.ok() ? 0 : 1, labels, &stopped);
    }
  }
  AddValue(static_cast<double>(feed_readers_->load()), {}, &readers);
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  for (auto* family : {&heads, &lags, &stopped, &readers, &unsafe})
    families.push_back(std::move(*family));
  return NotKept(Response::Of("text/plain; version=0.0.4; charset=utf-8",
                              prometheus::TextSerializer().Serialize(families)));
}

void Probes::AddRoutes(boost::asio::thread_pool* pool, http::Router* router) {
  router->Add(http::Method::kGet, "/healthz", http::Immediately([](const Request&) {
                return NotKept(Response::Of("text/plain; charset=utf-8", "ok\n"));
              }));
  router->Add(http::Method::kGet, "/readyz",
              [this, pool](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
                const bool in_detail = MayRead(request).ok();
                co_return co_await http::RunBlocking(
                    *pool, [this, in_detail] { return Readiness(in_detail); });
              });
  router->Add(http::Method::kGet, "/metrics",
              [this, pool](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
                absl::Status may = MayRead(request);
                if (!may.ok()) co_return may;
                co_return co_await http::RunBlocking(*pool, [this] { return Metrics(); });
              });
}

}  // namespace annals
