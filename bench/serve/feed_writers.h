// Writers: append events of about 256 bytes, over HTTP.
#ifndef ANNALS_BENCH_SERVE_FEED_WRITERS_H_
#define ANNALS_BENCH_SERVE_FEED_WRITERS_H_

#include <chrono>
#include <cstdint>

#include "bench/serve/load_run.h"

namespace annals::bench {

// One of the writers, of which each appends every `interval`, from `begin` on, an event a request
// on a connection of its own.
Task<void> Write(LoadRun* run, Clock::time_point begin, std::chrono::nanoseconds interval,
                 Clock::time_point end);

// A thousand events a request; the run's `first` is the last one's position.
Task<void> Fill(LoadRun* run, uint64_t count);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_FEED_WRITERS_H_
