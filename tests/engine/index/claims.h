// Claims: events whose payload says which contributions they make, and the
// projection that makes them.
#ifndef ANNALS_TESTS_ENGINE_INDEX_CLAIMS_H_
#define ANNALS_TESTS_ENGINE_INDEX_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/quantity.h"
#include "engine/index/projection.h"
#include "engine/log/payload_types.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/engine/index/claim.pb.h"

namespace annals::testing {

// The domain, and its projection: a tally "count" by (group), a register
// "status" by (place, topic) and a set "people" by (group).
inline constexpr char kDomain[] = "claims";
Projection ClaimsProjection(const std::string& name = "claims", uint32_t version = 1);
PayloadTypes ClaimTypes();

Statement Count(const std::string& group, const Quantity& quantity);
Statement Status(const std::string& place, const std::string& topic, const std::string& text);
Statement Person(const std::string& group, const std::string& member);
Statement Failure(const std::string& reason);

inline constexpr Instant At(int64_t micros) { return {micros}; }
inline constexpr TimeBounds Exactly(int64_t micros) { return {{micros}, {micros}}; }
inline constexpr TimeBounds Between(int64_t earliest, int64_t latest) {
  return {{earliest}, {latest}};
}

// An event as the log hands it out, less its position.
v1::Event Stating(TimeBounds occurred, TimeBounds known, const std::vector<Statement>& statements);
v1::Event Superseding(v1::Event event, const std::vector<uint64_t>& targets);
v1::Event Retracting(TimeBounds known, const std::vector<uint64_t>& targets);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_INDEX_CLAIMS_H_
