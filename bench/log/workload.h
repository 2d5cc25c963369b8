// The events that the log's benchmark appends, and the projections that follow.
#ifndef ANNALS_BENCH_LOG_WORKLOAD_H_
#define ANNALS_BENCH_LOG_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/index/projection.h"
#include "engine/log/payload_types.h"
#include "proto/annals/v1/event.pb.h"

namespace annals::bench {

inline constexpr char kTimeline[] = "visits";
inline constexpr char kDomain[] = "bench";

// The event that creates the timeline.
v1::Event CreatingEvent();

// Events about 1,000 lighthouses, one stream each. An event has an id, a date, an
// asserter and a payload of some 256 bytes; its number and the seed decide all
// of it.
std::vector<v1::Event> MakeEvents(uint64_t seed, uint64_t first_number, size_t count);

absl::Status AddTypes(PayloadTypes* types);

// A tally, a set and a register; each takes one contribution from every event.
std::vector<Projection> MakeProjections();

}  // namespace annals::bench

#endif  // ANNALS_BENCH_LOG_WORKLOAD_H_
