// Random shapes of the index, mostly so small that a few events take every path.
#ifndef ANNALS_TESTS_MODEL_RANDOM_INDEX_H_
#define ANNALS_TESTS_MODEL_RANDOM_INDEX_H_

#include <cstdint>
#include <string>

#include "engine/index/index_options.h"

namespace annals::model {

// Seeds that follow each other differ in how much is kept in memory before it is
// stored: eight of them have every choice twice.
IndexOptions RandomIndex(uint64_t seed);
std::string Describe(const IndexOptions& options);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_RANDOM_INDEX_H_
