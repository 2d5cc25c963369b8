// Readers of a feed as Server-Sent Events.
#ifndef ANNALS_BENCH_SERVE_SSE_READERS_H_
#define ANNALS_BENCH_SERVE_SSE_READERS_H_

#include "bench/serve/load_run.h"

namespace annals::bench {

// Follows the timeline until the reader or the run is done. If the run resumes it goes on after
// the last event it has, when the server goes away.
Task<void> Read(LoadRun* run, Reader reader);

// Asks for the feed, and never reads it.
Task<void> Stall(LoadRun* run);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_SSE_READERS_H_
