#include "engine/query/verbs/explaining_index.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/plan.h"
#include "engine/query/verbs/evaluation.h"

namespace annals {
namespace {

const char* NameOf(ReadKind kind) {
  switch (kind) {
    case ReadKind::kTallies:
      return "tallies";
    case ReadKind::kRegisters:
      return "registers";
    case ReadKind::kSets:
      return "sets";
    case ReadKind::kMembers:
      return "members";
    case ReadKind::kContributors:
      return "contributors";
  }
  return "";
}

void FillPlan(const Plan& plan, v1::IndexRead* read) {
  read->set_strategy(std::string(StrategyName(plan.strategy)));
  read->set_reason(std::string(plan.reason));
  read->set_groups(plan.groups);
  read->set_contributions(plan.contributions);
}

}  // namespace

std::vector<v1::IndexRead> ExplainingIndex::reads() const {
  MutexLock lock(&mutex_);
  return reads_;
}

template <typename Ask>
auto ExplainingIndex::Note(ReadKind kind, const MeasureRef& measure, const Key& prefix,
                           const Slice& slice, Ask ask) const -> decltype(ask()) {
  ANNALS_ASSIGN_OR_RETURN(const Plan plan, index_->PlanFor(kind, measure, prefix, slice));
  const Instant start = clock_->Now();
  auto answer = ask();
  const Instant end = clock_->Now();
  if (!answer.ok()) return answer;
  v1::IndexRead read;
  read.set_world(ToProto(slice.world));
  read.set_read(NameOf(kind));
  read.set_measure(absl::StrCat(measure.projection, ".", measure.measure));
  read.mutable_prefix()->Assign(prefix.begin(), prefix.end());
  FillPlan(plan, &read);
  read.set_rows(answer->size());
  // A clock may go backwards; time doesn't.
  read.set_elapsed_micros(std::max<int64_t>(end.micros - start.micros, 0));
  MutexLock lock(&mutex_);
  reads_.push_back(std::move(read));
  return answer;
}

absl::StatusOr<std::vector<TallyRow>> ExplainingIndex::Tallies(const MeasureRef& measure,
                                                               const Key& prefix,
                                                               const Slice& slice) const {
  return Note(ReadKind::kTallies, measure, prefix, slice,
              [&] { return index_->Tallies(measure, prefix, slice); });
}

absl::StatusOr<std::vector<RegisterRow>> ExplainingIndex::Registers(const MeasureRef& measure,
                                                                    const Key& prefix,
                                                                    const Slice& slice) const {
  return Note(ReadKind::kRegisters, measure, prefix, slice,
              [&] { return index_->Registers(measure, prefix, slice); });
}

absl::StatusOr<std::vector<SetRow>> ExplainingIndex::Sets(const MeasureRef& measure,
                                                          const Key& prefix,
                                                          const Slice& slice) const {
  return Note(ReadKind::kSets, measure, prefix, slice,
              [&] { return index_->Sets(measure, prefix, slice); });
}

absl::StatusOr<std::vector<std::string>> ExplainingIndex::Members(const MeasureRef& measure,
                                                                  const Key& group,
                                                                  const Slice& slice,
                                                                  const std::string& after,
                                                                  size_t limit) const {
  return Note(ReadKind::kMembers, measure, group, slice,
              [&] { return index_->Members(measure, group, slice, after, limit); });
}

absl::StatusOr<std::vector<Position>> ExplainingIndex::Contributors(const MeasureRef& measure,
                                                                    const Key& prefix,
                                                                    const Slice& slice,
                                                                    Position after,
                                                                    size_t limit) const {
  return Note(ReadKind::kContributors, measure, prefix, slice,
              [&] { return index_->Contributors(measure, prefix, slice, after, limit); });
}

absl::StatusOr<Plan> ExplainingIndex::PlanFor(ReadKind kind, const MeasureRef& measure,
                                              const Key& prefix, const Slice& slice) const {
  return index_->PlanFor(kind, measure, prefix, slice);
}

}  // namespace annals
