// Census: what a timeline holds, in numbers.
#ifndef ANNALS_ENGINE_LOG_CENSUS_H_
#define ANNALS_ENGINE_LOG_CENSUS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace annals {

struct Census {
  // By the payload's full name, sorted; "" for retractions without a payload.
  std::vector<std::pair<std::string, uint64_t>> events_by_type;
  uint64_t streams = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_CENSUS_H_
