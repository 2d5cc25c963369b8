// MeasuredStore: a store in a folder, opened for the log's benchmark.
#ifndef ANNALS_BENCH_LOG_MEASURED_STORE_H_
#define ANNALS_BENCH_LOG_MEASURED_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/log/raw_log.h"
#include "engine/index/following/projection_runner.h"
#include "engine/index/projection.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/storage/store_folder.h"

namespace annals::bench {

// Ends the program when anything in it fails. Thread-safe.
class MeasuredStore {
 public:
  // Makes a store with an empty timeline if there is none in `folder`. With
  // `projected`, three projections follow the log.
  MeasuredStore(const std::string& folder, bool projected);
  ~MeasuredStore();

  void Append(std::vector<v1::Event> events);

  // Returns when the projections have taken in everything.
  void AwaitProjections();

  // Writes what is in memory to files.
  void Flush();

  // Reads the whole log event by event. How many events there are.
  uint64_t Replay() const;
  // The same without decoding the events; the chain is compared nonetheless.
  uint64_t ReplayBytes() const;

  // The log as it is stored, for RawLog.
  std::vector<RawRecord> Records() const;

 private:
  PayloadTypes types_;
  std::vector<Projection> projections_;
  std::unique_ptr<storage::StoreFolder> folder_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<ProjectionRunner> runner_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_LOG_MEASURED_STORE_H_
