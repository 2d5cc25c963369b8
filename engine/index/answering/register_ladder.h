// RegisterLadder: which contribution holds a register as of any valid and known
// time, however many there are and however often they were corrected.
//
//   const RegisterLadder ladder(entries);
//   const std::optional<uint32_t> holder = ladder.Holder(valid, known);
//
// The contributions of one key in one world are ranked by (occurred, known, event,
// index); of those that have occurred and are in the world, the highest holds. A
// contribution is in the world for some intervals of known time, so the question
// is for the highest-ranked interval, among the ranks below a limit, that has
// `known` in it.
//
// 1. Known times are numbered, and intervals are from one number to another.
// 2. An interval without an end holds `known` if it begins by then. Their
//    beginnings, by rank, have a ladder of minima on top: each rung holds those of
//    16 of the rung below, so that ranks are skipped in powers of 16.
// 3. One with an end belongs to the node of a binary tree over the numbers whose
//    middle it crosses. At the nodes on the way to `known`, and nowhere else, are
//    the intervals that may hold it; left of a node's middle those do that have
//    begun, right of it those that haven't ended. So there are two ladders, over
//    beginnings and ends, and whatever they don't skip leads to an interval.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_LADDER_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_LADDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"

namespace annals {

// A contribution to a register, in one world.
struct RegisterEntry {
  Instant occurred;
  Instant known;        // Of its event, corrections aside.
  KnownSteps presence;  // 0 or 1 everywhere.
  Position event;
  uint32_t index = 0;  // What Holder answers.
};

// Immutable, and thus thread-safe. Takes some 28 bytes an entry, and up to 40 more
// for each interval with an end. The entries needn't outlive it.
class RegisterLadder {
 public:
  // At most 2^31 entries and as many steps of presence. O(n log n).
  explicit RegisterLadder(absl::Span<const RegisterEntry> entries);

  // The index of the entry that holds the register: the greatest by (occurred,
  // known, event, index) with occurred <= `valid` and a presence of 1 at `known`.
  // O(log n) if nothing was corrected, otherwise O(log² n) at the worst.
  std::optional<uint32_t> Holder(Instant valid, Instant known) const;

  size_t memory_bytes() const;

 private:
  // Numbers, and on each rung the least of every kFanOut of the rung below.
  class Minima {
   public:
    Minima() = default;
    explicit Minima(std::vector<uint32_t> numbers);

    // The last place of a rung (0: the numbers) in [begin, end) that has at most
    // `most`, or the greatest size_t if there is none. O(log n).
    size_t LastAtMost(size_t rung, size_t begin, size_t end, uint32_t most) const;
    size_t memory_bytes() const;

   private:
    std::vector<std::vector<uint32_t>> rungs_;
  };

  // The nodes of the tree that are 2^level numbers wide: node i's intervals, by
  // rank, are those from starts[i] to starts[i + 1].
  using Starts = std::vector<uint32_t>;

  // How many of the numbered known times are `known` or before.
  uint32_t CountKnownBy(Instant known) const;

  // The greatest rank below `limit` of an interval that has the known time of that
  // number, plus 1; `best` if that is greater.
  uint32_t BestOpen(uint32_t limit, uint32_t number) const;
  uint32_t BestInNode(size_t level, uint32_t limit, uint32_t number, uint32_t best) const;

  struct Interval;
  void AddOpen(const std::vector<Interval>& intervals);
  void AddClosed(std::vector<Interval> intervals);

  std::vector<Instant> occurred_;  // By rank.
  std::vector<uint32_t> index_;    // By rank.
  std::vector<Instant> known_;     // By number.

  // Intervals without an end, by rank.
  std::vector<uint32_t> open_rank_;
  Minima open_begin_;

  // Intervals with an end, by level, node and rank.
  std::vector<Starts> levels_;
  std::vector<uint32_t> closed_rank_;
  Minima closed_begin_;
  Minima closed_end_;  // The complements of their last numbers.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_LADDER_H_
