// Corrections: which events take which others out, as a projection like any other.
#ifndef ANNALS_ENGINE_QUERY_VERBS_CORRECTIONS_H_
#define ANNALS_ENGINE_QUERY_VERBS_CORRECTIONS_H_

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/query/question.h"

namespace annals {

// Part of every timeline. It counts a correction under each of its targets; as
// the index drops the contributions of events that are out, a correction that
// was itself corrected no longer shows.
const Projection& CorrectionsProjection();

// The corrections that stand in one world, by the position that they take out,
// each ascending. Valid time plays no part: a correction counts from when it is
// known. Costs the timeline's corrected events, at most; errors are
// TemporalIndex's.
class StandingCorrections {
 public:
  static absl::StatusOr<StandingCorrections> Load(const TemporalIndex& index, WorldKind world,
                                                  const PinnedAsOf& as_of);

  // Empty: the event stands.
  absl::StatusOr<std::vector<Position>> Of(Position target) const;

 private:
  StandingCorrections(const TemporalIndex* index, const Slice& slice)
      : index_(index), slice_(slice) {}

  const TemporalIndex* index_;
  Slice slice_;
  std::vector<Position> targets_;  // Sorted.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_CORRECTIONS_H_
