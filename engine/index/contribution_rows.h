// ContributionRows: what an event, or a correction of it, writes to the index.
#ifndef ANNALS_ENGINE_INDEX_CONTRIBUTION_ROWS_H_
#define ANNALS_ENGINE_INDEX_CONTRIBUTION_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/index_keys.h"
#include "engine/index/projection.h"

namespace annals {

// A row of Family::kContributions.
struct IndexRow {
  std::string key;
  std::string value;

  friend bool operator==(const IndexRow&, const IndexRow&) = default;
};

// Makes the rows of one generation by running its projection. Thread-safe as
// far as the projection is. The projection must outlive it.
//
// Errors of both methods: what the projection returned, or what it did wrong
// with its contributions.
class ContributionRows {
 public:
  ContributionRows(const Projection* projection, IndexKeys keys, uint32_t generation);

  // One row for each contribution of an event that arrives.
  absl::StatusOr<std::vector<IndexRow>> Stated(const ProjectedEvent& event) const;

  // One row for each contribution of an event whose presence the event at
  // `arrival` changes by `steps`.
  absl::StatusOr<std::vector<IndexRow>> Changed(const ProjectedEvent& corrected,
                                                const WorldSteps& steps, Position arrival) const;

 private:
  absl::StatusOr<std::vector<Contribution>> Project(const ProjectedEvent& event) const;
  std::string RowKey(const Contribution& contribution, Position event, size_t ordinal,
                     Position arrival) const;

  const Projection* projection_;
  std::vector<std::string> measure_prefixes_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_CONTRIBUTION_ROWS_H_
