#include "engine/index/plan.h"

namespace annals {

absl::string_view StrategyName(Strategy strategy) {
  switch (strategy) {
    case Strategy::kSums:
      return "sums";
    case Strategy::kSmallScan:
      return "small scan";
    case Strategy::kLadder:
      return "ladder";
    case Strategy::kFullScan:
      return "full scan";
    case Strategy::kPagedScan:
      return "paged scan";
  }
  return "";
}

}  // namespace annals
