// Quotas: how much each principal may have of a server at a time.
#ifndef ANNALS_ENGINE_ACCESS_QUOTAS_H_
#define ANNALS_ENGINE_ACCESS_QUOTAS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/principal.h"
#include "engine/base/clock.h"
#include "engine/base/instant.h"
#include "engine/base/mutex.h"

namespace annals {

// A refusal, and in how long it would not be one.
struct QuotaRefusal {
  absl::Status status;  // RESOURCE_EXHAUSTED.
  int64_t retry_micros = 0;
};

// Questions cost units, of which a principal gets so many a second and may save up
// some (a token bucket); streams are counted. Thread-safe. The clock must outlive it,
// and it must outlive the streams.
class Quotas {
 public:
  struct Options {
    double units_per_second = 50'000;
    double most_units = 200'000;
    size_t streams = 1'000;
  };

  Quotas(const Options& options, const Clock* clock) : options_(options), clock_(clock) {}

  // Takes what a question costs. One that costs more than can ever be saved up is
  // let through when all that can be is there, and leaves the principal in debt. The
  // retry hint is when the question would be let through.
  std::optional<QuotaRefusal> Charge(const Principal& principal, double units);

  // Takes what a question turned out to cost beyond what it was charged, in debt if
  // need be: the next one waits for it.
  void Debit(const Principal& principal, double units);

  // Counts a stream for as long as it lives. A refusal's hint is a second: nobody
  // knows when a stream ends.
  class Stream {
   public:
    Stream(Quotas* quotas, std::string principal)
        : quotas_(quotas), principal_(std::move(principal)) {}
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

   private:
    Quotas* const quotas_;
    const std::string principal_;
  };
  struct StreamOrRefusal {
    std::unique_ptr<Stream> stream;  // Null: refused.
    QuotaRefusal refusal;
  };
  StreamOrRefusal OpenStream(const Principal& principal);

 private:
  struct Account {
    double units = 0;
    Instant at;  // When it had so many.
    size_t streams = 0;
  };
  Account& AccountOf(const std::string& principal, Instant now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const Clock* const clock_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Account> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_ACCESS_QUOTAS_H_
