#include "tests/model/random_index.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/model/random.h"

namespace annals::model {

IndexOptions RandomIndex(uint64_t seed) {
  Random random(seed);
  IndexOptions options;
  const std::vector<size_t> stored = {1, 7, 100, options.stored_contributions};
  options.stored_contributions = stored[seed % stored.size()];
  options.small_scan_contributions = seed / stored.size() % 2 == 0 ? 0 : 32;
  if (random.Percent(25)) options.most_groups = 3;
  if (random.Percent(50)) options.page_cache_bytes = size_t{4} << 10;
  if (random.Percent(50)) options.events_worth_storing = 1;
  if (random.Percent(50)) options.building_contributions = 5;
  if (random.Percent(75)) {
    options.merges = {.fan = static_cast<size_t>(random.Between(2, 4)),
                      .tail_points = static_cast<uint64_t>(random.Between(1, 8)),
                      .stored_points = static_cast<uint64_t>(random.Between(4, 40))};
    options.shape = {.page_entries = 4, .leaf_points_log2 = 2, .flat_leaves = 2};
  }
  return options;
}

std::string Describe(const IndexOptions& options) {
  return absl::StrCat(
      "stored ", options.stored_contributions, ", small scans ", options.small_scan_contributions,
      ", groups ", options.most_groups, ", cache ", options.page_cache_bytes, ", worth storing ",
      options.events_worth_storing, ", building ", options.building_contributions, ", fan ",
      options.merges.fan, ", tail ", options.merges.tail_points, ", runs stored from ",
      options.merges.stored_points, ", page entries ", options.shape.page_entries);
}

}  // namespace annals::model
