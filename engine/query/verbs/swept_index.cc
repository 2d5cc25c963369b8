#include "engine/query/verbs/swept_index.h"

#include <algorithm>
#include <tuple>

namespace annals {
namespace {

// Fewer steps cost less one by one.
constexpr size_t kFewestSteps = 3;

bool Before(const Slice& a, const Slice& b) {
  return std::tie(a.valid, a.known) < std::tie(b.valid, b.known);
}

bool Same(const Slice& a, const Slice& b) {
  return std::tie(a.valid, a.known) == std::tie(b.valid, b.known);
}

// The slice that holds what any of them holds, but for corrections.
Slice Hull(const std::vector<Slice>& slices) {
  Slice hull = slices.back();  // The latest by valid time.
  for (const Slice& slice : slices) hull.known = std::max(hull.known, slice.known);
  return hull;
}

// What answers take up: an empty one isn't free.
template <typename Row>
size_t RowsIn(const std::vector<std::vector<Row>>& answers) {
  size_t rows = 0;
  for (const std::vector<Row>& answer : answers) rows += std::max<size_t>(answer.size(), 1);
  return rows;
}

}  // namespace

SweptIndex::SweptIndex(const TemporalIndex* index, const std::vector<PinnedAsOf>& steps,
                       size_t max_kept_rows)
    : index_(index), max_kept_rows_(max_kept_rows) {
  for (const PinnedAsOf& step : steps) {
    for (const WorldKind world : kWorlds) {
      walks_[{world, step.position}].push_back(SliceOf(world, step));
    }
  }
  for (auto& [where, slices] : walks_) {
    std::sort(slices.begin(), slices.end(), Before);
    slices.erase(std::unique(slices.begin(), slices.end(), Same), slices.end());
  }
}

size_t SweptIndex::MayStillKeep() const {
  MutexLock lock(&mutex_);
  return max_kept_rows_ - std::min(kept_rows_, max_kept_rows_);
}

template <typename Row>
std::vector<std::vector<Row>> SweptIndex::Sweep(const Read<Row>& read, const MeasureRef& measure,
                                                const Key& prefix,
                                                const std::vector<Slice>& slices) const {
  const auto most = (index_->*read.one)(measure, prefix, Hull(slices));
  if (!most.ok()) return {};
  const size_t rows_a_step = std::max<size_t>(most->size(), 1);
  if (rows_a_step > MayStillKeep() / slices.size()) return {};
  auto answers = (index_->*read.sweep)(measure, prefix, slices);
  if (!answers.ok()) return {};
  return *std::move(answers);
}

template <typename Row>
absl::StatusOr<std::vector<Row>> SweptIndex::Find(const Read<Row>& read, const MeasureRef& measure,
                                                  const Key& prefix, const Slice& slice,
                                                  Kept<Row>* kept) const {
  const auto walk = walks_.find({slice.world, slice.position});
  if (walk == walks_.end() || walk->second.size() < kFewestSteps) {
    return (index_->*read.one)(measure, prefix, slice);
  }
  const std::vector<Slice>& slices = walk->second;
  const auto step = std::lower_bound(slices.begin(), slices.end(), slice, Before);
  if (step == slices.end() || !Same(*step, slice)) {
    return (index_->*read.one)(measure, prefix, slice);
  }
  const size_t number = step - slices.begin();
  Question question = {measure, prefix, slice.world, slice.position};
  bool is_known = false;
  {
    MutexLock lock(&mutex_);
    const auto found = kept->find(question);
    is_known = found != kept->end();
    if (is_known && !found->second.empty()) return found->second[number];
  }
  if (is_known) return (index_->*read.one)(measure, prefix, slice);

  std::vector<std::vector<Row>> answers = Sweep(read, measure, prefix, slices);
  if (answers.empty()) {
    MutexLock lock(&mutex_);
    kept->try_emplace(std::move(question));
  } else {
    MutexLock lock(&mutex_);
    const auto [found, is_new] = kept->try_emplace(std::move(question), std::move(answers));
    if (is_new) kept_rows_ += RowsIn(found->second);
    if (!found->second.empty()) return found->second[number];
  }
  return (index_->*read.one)(measure, prefix, slice);
}

absl::StatusOr<std::vector<TallyRow>> SweptIndex::Tallies(const MeasureRef& measure,
                                                          const Key& prefix,
                                                          const Slice& slice) const {
  return Find<TallyRow>({&TemporalIndex::Tallies, &TemporalIndex::TallySweep}, measure, prefix,
                        slice, &tallies_);
}

absl::StatusOr<std::vector<RegisterRow>> SweptIndex::Registers(const MeasureRef& measure,
                                                               const Key& prefix,
                                                               const Slice& slice) const {
  return Find<RegisterRow>({&TemporalIndex::Registers, &TemporalIndex::RegisterSweep}, measure,
                           prefix, slice, &registers_);
}

absl::StatusOr<std::vector<SetRow>> SweptIndex::Sets(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const {
  return Find<SetRow>({&TemporalIndex::Sets, &TemporalIndex::SetSweep}, measure, prefix, slice,
                      &sets_);
}

absl::StatusOr<std::vector<std::vector<TallyRow>>> SweptIndex::TallySweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return index_->TallySweep(measure, prefix, slices);
}

absl::StatusOr<std::vector<std::vector<RegisterRow>>> SweptIndex::RegisterSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return index_->RegisterSweep(measure, prefix, slices);
}

absl::StatusOr<std::vector<std::vector<SetRow>>> SweptIndex::SetSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return index_->SetSweep(measure, prefix, slices);
}

absl::StatusOr<std::vector<std::string>> SweptIndex::Members(const MeasureRef& measure,
                                                             const Key& group, const Slice& slice,
                                                             const std::string& after,
                                                             size_t limit) const {
  return index_->Members(measure, group, slice, after, limit);
}

absl::StatusOr<std::vector<Position>> SweptIndex::Contributors(const MeasureRef& measure,
                                                               const Key& prefix,
                                                               const Slice& slice, Position after,
                                                               size_t limit) const {
  return index_->Contributors(measure, prefix, slice, after, limit);
}

absl::StatusOr<Plan> SweptIndex::PlanFor(ReadKind kind, const MeasureRef& measure,
                                         const Key& prefix, const Slice& slice) const {
  return index_->PlanFor(kind, measure, prefix, slice);
}

}  // namespace annals
