// SweptIndex: an index that is asked about many steps, each question at all of
// them at once.
//
//   const SweptIndex swept(inquiry.index, steps);
//   for (const PinnedAsOf& step : steps) Evaluate(view, swept, step);
#ifndef ANNALS_ENGINE_QUERY_VERBS_SWEPT_INDEX_H_
#define ANNALS_ENGINE_QUERY_VERBS_SWEPT_INDEX_H_

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/key.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"
#include "engine/query/question.h"

namespace annals {

// Answers as the index around which it stands. When a tally, register or set is
// first read at one of the steps, one sweep answers for all steps of that world
// and position, and the later steps find theirs. What isn't swept is passed on:
// members, contributors, slices that are no step's, fewer than three steps,
// answers that are too many to be kept, and whatever a sweep fails at, so that an
// error comes from the step that it belongs to.
//
// A sweep costs one question more, which tells how many rows each answer may
// have: that as of the latest valid and known time of all. Only corrections can
// make a step have more.
//
// Thread-safe. The index must outlive it.
class SweptIndex final : public TemporalIndex {
 public:
  // `max_kept_rows` bounds the rows that are kept for later steps, all together.
  SweptIndex(const TemporalIndex* index, const std::vector<PinnedAsOf>& steps,
             size_t max_kept_rows = 1'000'000);

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override;
  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override;
  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override;
  absl::StatusOr<std::vector<std::vector<TallyRow>>> TallySweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<RegisterRow>>> RegisterSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<SetRow>>> SetSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override;
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override;
  absl::StatusOr<Plan> PlanFor(ReadKind kind, const MeasureRef& measure, const Key& prefix,
                               const Slice& slice) const override;

 private:
  // What is asked, wherever it is asked.
  struct Question {
    MeasureRef measure;
    Key prefix;
    WorldKind world;
    Position position;

    friend auto operator<=>(const Question&, const Question&) = default;
  };

  // The answers at each slice of a walk; none at all: it is passed on.
  template <typename Row>
  using Kept = std::map<Question, std::vector<std::vector<Row>>>;

  // A method of the index, and its sweep.
  template <typename Row>
  struct Read {
    absl::StatusOr<std::vector<Row>> (TemporalIndex::*one)(const MeasureRef&, const Key&,
                                                           const Slice&) const;
    absl::StatusOr<std::vector<std::vector<Row>>> (TemporalIndex::*sweep)(
        const MeasureRef&, const Key&, absl::Span<const Slice>) const;
  };

  template <typename Row>
  absl::StatusOr<std::vector<Row>> Find(const Read<Row>& read, const MeasureRef& measure,
                                        const Key& prefix, const Slice& slice,
                                        Kept<Row>* kept) const;
  // The answers at each of `slices`, or none if they can't be had or be kept.
  template <typename Row>
  std::vector<std::vector<Row>> Sweep(const Read<Row>& read, const MeasureRef& measure,
                                      const Key& prefix, const std::vector<Slice>& slices) const;
  size_t MayStillKeep() const;

  const TemporalIndex* const index_;
  const size_t max_kept_rows_;
  // The steps of one world and position: ordered by valid, then known, and distinct.
  std::map<std::pair<WorldKind, Position>, std::vector<Slice>> walks_;

  mutable Mutex mutex_;
  mutable Kept<TallyRow> tallies_;  // These three under `mutex_`.
  mutable Kept<RegisterRow> registers_;
  mutable Kept<SetRow> sets_;
  mutable size_t kept_rows_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_SWEPT_INDEX_H_
