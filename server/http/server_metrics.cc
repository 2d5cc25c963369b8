#include "server/http/server_metrics.h"

#include "absl/strings/str_cat.h"
#include "server/http/method.h"

namespace annals::http {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto* const kSeconds = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
  return *kSeconds;
}

std::string RouteOf(const Exchange& exchange) {
  return exchange.request->route.empty() ? "none" : exchange.request->route;
}

}  // namespace

ServerMetrics::ServerMetrics(prometheus::Registry* registry)
    : requests_(BuildCounter()
                    .Name("annals_http_requests_total")
                    .Help("Requests that are over.")
                    .Register(*registry)),
      seconds_(BuildHistogram()
                   .Name("annals_http_request_seconds")
                   .Help("From a request's last byte to its answer's, streams left out.")
                   .Register(*registry)),
      sent_bytes_(BuildCounter()
                      .Name("annals_http_sent_bytes_total")
                      .Help("Bytes of bodies that were sent.")
                      .Register(*registry)
                      .Add({})),
      cut_(BuildCounter()
               .Name("annals_http_streams_cut_total")
               .Help("Streams that ended with an error.")
               .Register(*registry)),
      connections_(BuildGauge()
                       .Name("annals_http_connections")
                       .Help("Connections that are open.")
                       .Register(*registry)
                       .Add({})),
      refused_(BuildCounter()
                   .Name("annals_http_connections_refused_total")
                   .Help("Connections that were one too many.")
                   .Register(*registry)
                   .Add({})) {}

prometheus::Counter& ServerMetrics::CounterOf(const Exchange& exchange) {
  Kind kind(RouteOf(exchange), exchange.request->method, exchange.status);
  MutexLock lock(&mutex_);
  prometheus::Counter*& counter = counters_[kind];
  if (counter == nullptr) {
    counter = &requests_.Add({{"route", std::get<0>(kind)},
                              {"method", std::string(MethodName(exchange.request->method))},
                              {"status", absl::StrCat(exchange.status)}});
  }
  return *counter;
}

prometheus::Histogram& ServerMetrics::HistogramOf(const std::string& route) {
  MutexLock lock(&mutex_);
  prometheus::Histogram*& histogram = histograms_[route];
  if (histogram == nullptr) histogram = &seconds_.Add({{"route", route}}, Buckets());
  return *histogram;
}

void ServerMetrics::OnExchange(const Exchange& exchange) {
  CounterOf(exchange).Increment();
  sent_bytes_.Increment(static_cast<double>(exchange.sent_bytes));
  if (!exchange.streamed) {
    HistogramOf(RouteOf(exchange))
        .Observe(std::chrono::duration<double>(exchange.duration).count());
  } else if (!exchange.outcome.ok()) {
    cut_.Add({{"code", absl::StatusCodeToString(exchange.outcome.code())}}).Increment();
  }
}

}  // namespace annals::http
