// Probes: what supervisors and monitoring ask of a server.
//
//   /healthz   200 while the process answers
//   /readyz    200 while it should be sent requests, otherwise 503; as JSON, and to who
//              may read all timelines also how far the projections of each are
//   /metrics   for who may read all timelines, Prometheus text: those of the registry, and
//              annals_timeline_head{timeline}           the last position
//              annals_projection_lag{timeline,projection}  positions behind the head
//              annals_projection_stopped{timeline,projection}  1: on an event
//              annals_feed_readers                      feeds that are followed now
#ifndef ANNALS_SERVER_PROBES_H_
#define ANNALS_SERVER_PROBES_H_

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/query/json/json_writer.h"
#include "engine/query/store.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"
#include "server/http/router.h"

namespace annals {

// Ready means: not about to stop, and no projection that is at work is further than
// kReadyLag behind, as after a restore or an upgrade. One that has stopped on an
// event makes its own views fail and nothing else. Thread-safe.
class Probes {
 public:
  static constexpr uint64_t kReadyLag = 10'000;

  // All must outlive it.
  Probes(Store* store, prometheus::Registry* registry, const std::atomic<int64_t>* feed_readers)
      : store_(store), registry_(registry), feed_readers_(feed_readers) {}

  // It must outlive the router.
  void AddRoutes(boost::asio::thread_pool* pool, http::Router* router);

  // From now on it isn't ready.
  void SayStopping() { stopping_ = true; }

 private:
  struct Projected {
    std::string timeline;
    uint64_t head = 0;
    std::vector<ProjectionProgress> projections;
  };

  absl::StatusOr<std::vector<Projected>> Look() const;
  static void WriteProgress(const Projected& timeline, JsonWriter* json);
  // Which timelines there are is for those who may read them all.
  absl::StatusOr<http::Response> Readiness(bool in_detail) const;
  absl::StatusOr<http::Response> Metrics() const;

  Store* const store_;
  prometheus::Registry* const registry_;
  const std::atomic<int64_t>* const feed_readers_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace annals

#endif  // ANNALS_SERVER_PROBES_H_
