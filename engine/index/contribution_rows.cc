#include "engine/index/contribution_rows.h"

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/index/index_row.h"

namespace annals {
namespace {

std::string Content(MeasureKind kind, const Contribution& contribution) {
  switch (kind) {
    case MeasureKind::kTally:
      return EncodeQuantity(contribution.quantity);
    case MeasureKind::kRegister:
      return contribution.value.SerializeAsString();
    case MeasureKind::kSet:
      return "";  // The member is in the key.
  }
  return "";
}

}  // namespace

ContributionRows::ContributionRows(const Projection* projection, IndexKeys keys,
                                   uint32_t generation)
    : projection_(projection) {
  for (uint32_t measure = 0; measure < projection->measures.size(); ++measure) {
    measure_prefixes_.push_back(keys.MeasurePrefix(generation, measure));
  }
}

absl::StatusOr<std::vector<IndexRow>> ContributionRows::Stated(const ProjectedEvent& event) const {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Contribution> contributions, Project(event));
  const Position position = {event.event.position()};
  std::vector<IndexRow> rows;
  for (size_t i = 0; i < contributions.size(); ++i) {
    const MeasureKind kind = projection_->measures[contributions[i].measure].kind;
    rows.push_back({RowKey(contributions[i], position, i, position),
                    EncodeStatedRow(event.times, Content(kind, contributions[i]))});
  }
  return rows;
}

absl::StatusOr<std::vector<IndexRow>> ContributionRows::Changed(const ProjectedEvent& corrected,
                                                                const WorldSteps& steps,
                                                                Position arrival) const {
  auto contributions = Project(corrected);
  if (!contributions.ok()) {
    return Annotate(contributions.status(),
                    absl::StrCat("it corrects event ", corrected.event.position(),
                                 ", which the projection took in before and now refuses"));
  }
  const Position position = {corrected.event.position()};
  const std::string value = EncodeChangedRow(steps);
  std::vector<IndexRow> rows;
  for (size_t i = 0; i < contributions->size(); ++i) {
    rows.push_back({RowKey((*contributions)[i], position, i, arrival), value});
  }
  return rows;
}

absl::StatusOr<std::vector<Contribution>> ContributionRows::Project(
    const ProjectedEvent& event) const {
  Contributions contributions(&projection_->measures);
  ANNALS_RETURN_IF_ERROR(projection_->project(event, &contributions));
  ANNALS_RETURN_IF_ERROR(contributions.status());
  return contributions.all();
}

std::string ContributionRows::RowKey(const Contribution& contribution, Position event,
                                     size_t ordinal, Position arrival) const {
  std::string key = measure_prefixes_[contribution.measure];
  absl::StrAppend(&key, EncodeKey(contribution.key));
  const MeasureKind kind = projection_->measures[contribution.measure].kind;
  if (kind == MeasureKind::kSet) AppendKeyElement(&key, contribution.member);
  AppendRowSuffix(&key, event, static_cast<uint32_t>(ordinal), arrival);
  return key;
}

}  // namespace annals
