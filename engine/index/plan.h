// Plan: how the index goes about a question, and why.
#ifndef ANNALS_ENGINE_INDEX_PLAN_H_
#define ANNALS_ENGINE_INDEX_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annals {

enum class Strategy {
  kSums,       // From the forests: a few pages a group, however large it is.
  kSmallScan,  // The contributions one by one, since they are few.
  kLadder,     // A register's contributions, as sorted in memory.
  kFullScan,   // The contributions one by one, since nothing else has the answer.
  kPagedScan,  // The contributions one by one, as far as the limit.
};

// "sums", "small scan", "ladder", "full scan", "paged scan".
absl::string_view StrategyName(Strategy strategy);

// What is asked of a measure: a method of TemporalIndex.
enum class ReadKind { kTallies, kRegisters, kSets, kMembers, kContributors };

// A value.
struct Plan {
  Strategy strategy = Strategy::kFullScan;
  absl::string_view reason;    // A clause, that outlives the program's main().
  size_t groups = 0;           // Under the prefix.
  uint64_t contributions = 0;  // Of those, about: within a factor of two.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_PLAN_H_
