#include "engine/query/verbs/evidence.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/verbs/evaluation.h"

namespace annals {

absl::Status NoEvidence() {
  return absl::InternalError("a value's evidence holds no event; this is a bug of the view");
}

absl::StatusOr<std::vector<Position>> EvidenceReader::PositionsOf(const EvidenceSource& source,
                                                                  const Slice& slice,
                                                                  Position after,
                                                                  size_t limit) const {
  if (const auto* all = std::get_if<ContributionsOf>(&source)) {
    return index_->Contributors(all->measure, all->prefix, slice, after, limit);
  }
  const Position position = std::get<Position>(source);
  if (position == Position{0} || position > slice.position) {
    return absl::InternalError(absl::StrCat("the evidence names position ", position.value,
                                            ", and the question ends at ", slice.position.value,
                                            "; this is a bug of the view"));
  }
  if (position <= after) return std::vector<Position>();
  return std::vector<Position>{position};
}

absl::StatusOr<std::vector<Position>> EvidenceReader::Positions(
    const std::vector<EvidenceSource>& sources, const Slice& slice, Position after,
    size_t limit) const {
  std::vector<Position> positions;
  for (const EvidenceSource& source : sources) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> some,
                            PositionsOf(source, slice, after, limit));
    positions.insert(positions.end(), some.begin(), some.end());
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  if (positions.size() > limit) positions.resize(limit);
  return positions;
}

absl::StatusOr<const v1::Event*> EvidenceReader::Event(Position position) {
  const auto known = events_.find(position);
  if (known != events_.end()) return &known->second;
  ANNALS_ASSIGN_OR_RETURN(v1::Event event, log_->Read(timeline_, position));
  return &events_.emplace(position, std::move(event)).first->second;
}

absl::Status EvidenceReader::Append(const WorldCell& cell, const Slice& slice, size_t limit,
                                    google::protobuf::RepeatedPtrField<v1::Evidence>* evidence) {
  if (!cell.value || limit == 0) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> positions,
                          Positions(cell.evidence, slice, Position{0}, limit));
  if (positions.empty()) return NoEvidence();
  for (const Position position : positions) {
    ANNALS_ASSIGN_OR_RETURN(const v1::Event* const event, Event(position));
    v1::Evidence* const entry = evidence->Add();
    entry->set_position(position.value);
    entry->set_event(event->id());
    entry->set_world(ToProto(slice.world));
    entry->set_asserter(event->asserter());
    *entry->mutable_citations() = event->citations();
  }
  return absl::OkStatus();
}

}  // namespace annals
