// GenerationIndex: all that is kept of one generation of a projection.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_GENERATION_INDEX_H_
#define ANNALS_ENGINE_INDEX_MEASURE_GENERATION_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_options.h"
#include "engine/index/measure/measure_index.h"
#include "engine/index/pages/page_cache.h"
#include "engine/index/projection.h"
#include "engine/storage/database.h"

namespace annals {

// The measures of a projection, in its order. Thread-safety is MeasureIndex's:
// readers hold it by shared pointer, and its rows are deleted when none does.
class GenerationIndex {
 public:
  // Events up to `stored` are in the database. DATA_LOSS if what is there is
  // damaged.
  static absl::StatusOr<std::shared_ptr<GenerationIndex>> Open(
      const IndexOptions& options, storage::Database* database, forest::PageCache* cache,
      IndexKeys keys, uint32_t generation, const Projection& projection, Position stored);

  size_t size() const { return measures_.size(); }
  const MeasureIndex& measure(size_t i) const { return *measures_[i]; }
  MeasureIndex& measure(size_t i) { return *measures_[i]; }

  // Makes one merge if one is due: on a thread of its own. CANCELLED if a stop
  // was requested.
  absl::StatusOr<bool> MaintainOnce(const std::stop_token& stop);

 private:
  std::vector<std::unique_ptr<MeasureIndex>> measures_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_GENERATION_INDEX_H_
