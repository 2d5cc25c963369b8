// Admission: from which known time on an event is in a world, and when a
// correction takes it out and brings it back (docs/semantics.md, Corrections).
//
//   ANNALS_ASSIGN_OR_RETURN(const std::vector<PresenceChange> changes,
//                           PresenceChanges(graph, event.position));
#ifndef ANNALS_ENGINE_INDEX_ADMISSION_H_
#define ANNALS_ENGINE_INDEX_ADMISSION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"

namespace annals {

// From `known` on, a function of known time is larger by `change`.
struct KnownStep {
  Instant known;
  int change = 0;

  friend bool operator==(const KnownStep&, const KnownStep&) = default;
};

// An integer function of known time that begins at 0, as its steps: ascending,
// one at most at any instant, none of them zero. An immutable value.
using KnownSteps = std::vector<KnownStep>;

// Such a function in each world.
struct WorldSteps {
  KnownSteps certain;
  KnownSteps possible;

  const KnownSteps& In(WorldKind world) const {
    return world == WorldKind::kCertain ? certain : possible;
  }
  KnownSteps& In(WorldKind world) { return world == WorldKind::kCertain ? certain : possible; }
  bool empty() const { return certain.empty() && possible.empty(); }

  friend bool operator==(const WorldSteps&, const WorldSteps&) = default;
};

// The function's value at `known`.
int ValueAt(const KnownSteps& steps, Instant known);

// The sum of two such functions.
KnownSteps SumOf(const KnownSteps& a, const KnownSteps& b);

// The bound that counts in a world: the latest in the certain one.
Instant CoordinateIn(WorldKind world, const TimeBounds& bounds);

// Which events correct which. A target comes before its corrector, so there are
// no cycles.
class CorrectionGraph {
 public:
  struct Node {
    TimeBounds known;
    std::vector<Position> targets;  // That this event corrects.
  };
  struct Corrector {
    Position position;
    TimeBounds known;
  };

  virtual ~CorrectionGraph() = default;

  virtual absl::StatusOr<Node> Find(Position event) const = 0;

  // The events that correct `event`, those beyond `up_to` left out.
  virtual absl::StatusOr<std::vector<Corrector>> Correctors(Position event,
                                                            Position up_to) const = 0;
};

// 1 where the event is known and no event up to `up_to` that corrects it is in
// the world at the same known time; 0 elsewhere. With n events that correct it,
// directly or not, costs O(n log n + n²/64) for a chain of them.
absl::StatusOr<WorldSteps> Presence(const CorrectionGraph& graph, Position event, Position up_to);

// What the arrival of `corrector` changes: for each event that it corrects,
// directly or not, the presence up to `corrector` less the presence before it.
// Ascending by event; without those for which nothing changes.
struct PresenceChange {
  Position event;
  WorldSteps steps;
};
absl::StatusOr<std::vector<PresenceChange>> PresenceChanges(const CorrectionGraph& graph,
                                                            Position corrector);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ADMISSION_H_
