#include "engine/index/measure/generation_index.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {

absl::StatusOr<std::shared_ptr<GenerationIndex>> GenerationIndex::Open(
    const IndexOptions& options, storage::Database* database, forest::PageCache* cache,
    IndexKeys keys, uint32_t generation, const Projection& projection, Position stored) {
  auto index = std::make_shared<GenerationIndex>();
  for (uint32_t i = 0; i < projection.measures.size(); ++i) {
    const Measure& measure = projection.measures[i];
    auto opened =
        MeasureIndex::Open(options, {database, cache, keys, generation, i}, measure.kind, stored);
    if (!opened.ok()) {
      return Annotate(opened.status(), absl::StrCat("projection \"", projection.name,
                                                    "\", measure \"", measure.name, "\""));
    }
    index->measures_.push_back(*std::move(opened));
  }
  return index;
}

absl::StatusOr<bool> GenerationIndex::MaintainOnce(const std::stop_token& stop) {
  bool merged = false;
  for (const auto& measure : measures_) {
    ANNALS_ASSIGN_OR_RETURN(const bool one, measure->MaintainOnce(stop));
    merged = merged || one;
  }
  return merged;
}

}  // namespace annals
