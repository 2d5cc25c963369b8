// ServerMetrics: what a server does, in numbers for Prometheus.
//
//   annals_http_requests_total{route,method,status}   answers begun and over
//   annals_http_request_seconds{route}                a histogram; streams left out
//   annals_http_sent_bytes_total                      of bodies
//   annals_http_streams_cut_total{code}               streams that ended with an error
//   annals_http_connections                           open now
//   annals_http_connections_refused_total             there were too many
#ifndef ANNALS_SERVER_HTTP_SERVER_METRICS_H_
#define ANNALS_SERVER_HTTP_SERVER_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "engine/base/mutex.h"
#include "server/http/exchange_observer.h"

namespace annals::http {

// The route is the router's pattern, "none" for what no pattern matched: so clients
// can't make up labels. Thread-safe. The registry must outlive it.
class ServerMetrics final : public ExchangeObserver {
 public:
  explicit ServerMetrics(prometheus::Registry* registry);

  void OnExchange(const Exchange& exchange) override;
  void OnConnectionOpened() override { connections_.Increment(); }
  void OnConnectionClosed() override { connections_.Decrement(); }
  void OnConnectionRefused() override { refused_.Increment(); }

 private:
  // Finding a family's member takes a lock and a map of strings: so they are kept.
  using Kind = std::tuple<std::string, Method, int>;
  prometheus::Counter& CounterOf(const Exchange& exchange);
  prometheus::Histogram& HistogramOf(const std::string& route);

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Counter& sent_bytes_;
  prometheus::Family<prometheus::Counter>& cut_;
  prometheus::Gauge& connections_;
  prometheus::Counter& refused_;

  Mutex mutex_;
  absl::flat_hash_map<Kind, prometheus::Counter*> counters_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, prometheus::Histogram*> histograms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_SERVER_METRICS_H_
