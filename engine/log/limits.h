// What one append may hold. Beyond any of these it is RESOURCE_EXHAUSTED.
#ifndef ANNALS_ENGINE_LOG_LIMITS_H_
#define ANNALS_ENGINE_LOG_LIMITS_H_

#include <cstddef>

namespace annals {

inline constexpr size_t kMaxBatchEvents = 10'000;
inline constexpr size_t kMaxBatchBytes = size_t{64} << 20;

// Serialized, as the writer states it. What the store assigns comes on top, and
// is bounded by the number of targets.
inline constexpr size_t kMaxEventBytes = size_t{1} << 20;
inline constexpr size_t kMaxAssignedBytes = size_t{16} << 10;

// Messages within messages in a payload.
inline constexpr int kMaxNesting = 32;

// Ids of events, streams and sources, asserters, editors, correlations.
inline constexpr size_t kMaxIdBytes = 200;
inline constexpr size_t kMaxTimelineNameBytes = 100;

inline constexpr size_t kMaxTargets = 1'000;
inline constexpr size_t kMaxCitations = 1'000;
inline constexpr size_t kMaxAttributions = 100;
inline constexpr size_t kMaxMetadataEntries = 100;
inline constexpr size_t kMaxMetadataBytes = size_t{64} << 10;

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LIMITS_H_
