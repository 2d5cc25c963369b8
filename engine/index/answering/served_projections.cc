#include "engine/index/answering/served_projections.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace annals {
namespace {

std::string Quoted(absl::string_view name) { return absl::StrCat("\"", name, "\""); }

absl::StatusOr<size_t> FindMeasure(const Projection& projection, absl::string_view name) {
  for (size_t i = 0; i < projection.measures.size(); ++i) {
    if (projection.measures[i].name == name) return i;
  }
  return absl::NotFoundError(absl::StrCat(
      "projection ", Quoted(projection.name), " has no measure ", Quoted(name), "; it has: ",
      absl::StrJoin(projection.measures, ", ",
                    [](std::string* out, const Measure& m) { absl::StrAppend(out, m.name); })));
}

absl::Status CheckKindAndPrefix(const MeasureRef& ref, const Measure& measure,
                                std::optional<MeasureKind> kind, const Key& prefix) {
  const auto what = [&ref] {
    return absl::StrCat("measure ", Quoted(ref.measure), " of projection ", Quoted(ref.projection));
  };
  if (kind && *kind != measure.kind) {
    return absl::InvalidArgumentError(absl::StrCat(what(), " is a ", KindName(measure.kind),
                                                   ", and was asked for as a ", KindName(*kind)));
  }
  const bool may_name_member = !kind && measure.kind == MeasureKind::kSet;
  if (prefix.size() > measure.key_names.size() + (may_name_member ? 1 : 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what(), " has keys of (", absl::StrJoin(measure.key_names, ", "),
                     may_name_member ? "; member" : "", "), and was asked for a prefix of ",
                     prefix.size(), " elements"));
  }
  return absl::OkStatus();
}

}  // namespace

ServedProjections::ServedProjections(std::string timeline,
                                     std::vector<const Projection*> projections)
    : timeline_(std::move(timeline)),
      projections_(std::move(projections)),
      states_(projections_.size()) {}

void ServedProjections::Publish(std::vector<State> states) {
  MutexLock lock(&mutex_);
  states_ = std::move(states);
  changed_.NotifyAll();
}

void ServedProjections::SetFollowing(absl::Status status) {
  MutexLock lock(&mutex_);
  following_ = std::move(status);
  changed_.NotifyAll();
}

absl::StatusOr<ServedMeasure> ServedProjections::Open(const MeasureRef& measure,
                                                      std::optional<MeasureKind> kind,
                                                      const Key& prefix) const {
  ANNALS_ASSIGN_OR_RETURN(const size_t projection, FindProjection(measure.projection));
  ANNALS_ASSIGN_OR_RETURN(const size_t number,
                          FindMeasure(*projections_[projection], measure.measure));
  const Measure& found = projections_[projection]->measures[number];
  ANNALS_RETURN_IF_ERROR(CheckKindAndPrefix(measure, found, kind, prefix));

  MutexLock lock(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckServed(projection));
  const State& state = states_[projection];
  return ServedMeasure{&found, state.index, &state.index->measure(number), state.position};
}

absl::Status ServedProjections::In(const MeasureRef& measure, const absl::Status& status) const {
  return Annotate(
      status, absl::StrCat("timeline ", Quoted(timeline_), ", measure ", Quoted(measure.measure),
                           " of projection ", Quoted(measure.projection)));
}

absl::StatusOr<size_t> ServedProjections::FindProjection(absl::string_view name) const {
  for (size_t i = 0; i < projections_.size(); ++i) {
    if (projections_[i]->name == name) return i;
  }
  return absl::NotFoundError(absl::StrCat(
      "timeline ", Quoted(timeline_), " has no projection ", Quoted(name),
      "; it has: ", absl::StrJoin(projections_, ", ", [](std::string* out, const Projection* p) {
        absl::StrAppend(out, p->name);
      })));
}

absl::Status ServedProjections::CheckServed(size_t projection) const {
  ANNALS_RETURN_IF_ERROR(following_);
  const State& state = states_[projection];
  ANNALS_RETURN_IF_ERROR(state.status);
  if (state.index != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("projection ", Quoted(projections_[projection]->name), " of timeline ",
                   Quoted(timeline_), " is being built, and has taken in ", state.position.value,
                   " events so far; ask again when it is done"));
}

absl::Status ServedProjections::WaitFor(Position position) const {
  MutexLock lock(&mutex_);
  while (following_.ok() && !HasTakenIn(position)) changed_.Wait(&mutex_);
  return following_;
}

bool ServedProjections::HasTakenIn(Position position) const {
  for (const State& state : states_) {
    if (!state.status.ok()) continue;
    if (state.index == nullptr || state.position < position) return false;
  }
  return true;
}

std::vector<ServedProjections::State> ServedProjections::States() const {
  MutexLock lock(&mutex_);
  return states_;
}

absl::Status ServedProjections::following() const {
  MutexLock lock(&mutex_);
  return following_;
}

}  // namespace annals
