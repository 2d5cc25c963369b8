// TemporalIndex: what the contributions add up to in one world, as of any
// valid time, known time and position.
#ifndef ANNALS_ENGINE_INDEX_TEMPORAL_INDEX_H_
#define ANNALS_ENGINE_INDEX_TEMPORAL_INDEX_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/base/quantity.h"
#include "engine/index/plan.h"
#include "engine/index/projection.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

enum class WorldKind { kCertain, kPossible };

inline constexpr std::array<WorldKind, 2> kWorlds = {WorldKind::kCertain, WorldKind::kPossible};

// One world of one as-of. It holds the contributions of events up to `position`
// with occurred <= valid and known <= known, by their latest bounds in the
// certain world and by their earliest in the possible one, less those that are
// out by correction (docs/semantics.md).
struct Slice {
  WorldKind world = WorldKind::kCertain;
  Instant valid = Instant::End();
  Instant known = Instant::End();
  Position position = Position::Max();
};

struct TallyRow {
  Key key;
  Quantity sum;
};

struct RegisterRow {
  Key key;
  v1::Value value;
  Position position;  // Of the event that holds the register,
  Instant occurred;   // with its coordinates in the slice's world.
  Instant known;
};

struct SetRow {
  Key key;
  uint64_t members = 0;  // Distinct; at least one.
};

// One timeline's index. Every method takes a key prefix: the answer has a row
// for each key that begins with it and has a contribution in the slice, ordered
// by key; a prefix of full length asks for one key. Implementations are
// thread-safe for concurrent reads.
//
// Errors of all methods: NOT_FOUND if the measure doesn't exist, INVALID_ARGUMENT
// if it is of another kind or the prefix is too long, FAILED_PRECONDITION if its
// projection has failed or is being built, DATA_LOSS if stored bytes are wrong,
// OUT_OF_RANGE if a sum leaves 64 bits.
class TemporalIndex {
 public:
  virtual ~TemporalIndex() = default;

  virtual absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure,
                                                        const Key& prefix,
                                                        const Slice& slice) const = 0;

  // The latest in the slice's own coordinates: by occurred, then known, then
  // position; of one event's contributions to one key, the last.
  virtual absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure,
                                                             const Key& prefix,
                                                             const Slice& slice) const = 0;

  virtual absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                                   const Slice& slice) const = 0;

  // The same at each of `slices`, which are of one world and position, in their
  // order. One by one, unless an implementation has something better.
  virtual absl::StatusOr<std::vector<std::vector<TallyRow>>> TallySweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const;
  virtual absl::StatusOr<std::vector<std::vector<RegisterRow>>> RegisterSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const;
  virtual absl::StatusOr<std::vector<std::vector<SetRow>>> SetSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const;

  // The members of one group, bytewise ordered and distinct: at most `limit`
  // of those after `after` ("": from the first).
  virtual absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure,
                                                           const Key& group, const Slice& slice,
                                                           const std::string& after,
                                                           size_t limit) const = 0;

  // The positions of the events that contribute to the keys under `prefix`,
  // ascending and distinct: at most `limit` of those after `after`. For a set,
  // one more element in the prefix asks for one member.
  virtual absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure,
                                                             const Key& prefix, const Slice& slice,
                                                             Position after,
                                                             size_t limit) const = 0;

  // How such a question is gone about. A full scan, unless an implementation has
  // something better. Errors: as the method's own.
  virtual absl::StatusOr<Plan> PlanFor(ReadKind kind, const MeasureRef& measure, const Key& prefix,
                                       const Slice& slice) const;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_TEMPORAL_INDEX_H_
