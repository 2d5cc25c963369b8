#include "tests/projections/scenario.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/instant.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "tests/projections/value_text.h"

namespace annals::testing {
namespace {

constexpr int64_t kMicrosPerDay = int64_t{86400} * 1000000;
constexpr int64_t kNewYear2026 = int64_t{20454} * kMicrosPerDay;  // 2026-01-01T00:00:00Z.

Instant FirstOf(int day) { return {kNewYear2026 + (day - 1) * kMicrosPerDay}; }
Instant LastOf(int day) { return {FirstOf(day + 1).micros - 1}; }

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Unpack(
    const google::protobuf::Any& any) {
  const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return absl::InvalidArgumentError(absl::StrCat("no type ", name));
  std::unique_ptr<google::protobuf::Message> payload(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!any.UnpackTo(payload.get())) return absl::InvalidArgumentError("malformed payload");
  return payload;
}

}  // namespace

Scenario::Scenario(Domain domain) : domain_(std::move(domain)), index_(domain_.projections) {}

absl::Status Scenario::Add(Days occurred, Days known, const std::string& text) {
  v1::Event event;
  if (!google::protobuf::TextFormat::ParseFromString(text, &event)) {
    return absl::InvalidArgumentError(absl::StrCat("no event: ", text));
  }
  std::unique_ptr<google::protobuf::Message> payload;
  if (event.has_payload()) {
    ANNALS_ASSIGN_OR_RETURN(payload, Unpack(event.payload()));
  }
  const EventTimes times = {{FirstOf(occurred.first), LastOf(occurred.last)},
                            {FirstOf(known.first), LastOf(known.last)}};
  return index_.Add({event, payload.get(), times});
}

absl::StatusOr<std::vector<std::string>> Scenario::Ask(const std::string& view, WorldKind world,
                                                       int valid_day, int known_day) const {
  const auto found = std::find_if(domain_.views.begin(), domain_.views.end(),
                                  [&](const View& candidate) { return candidate.name == view; });
  if (found == domain_.views.end()) return absl::NotFoundError(absl::StrCat("no view ", view));
  Slice slice = {.world = world, .valid = LastOf(valid_day)};
  if (known_day != 0) slice.known = LastOf(known_day);
  ANNALS_ASSIGN_OR_RETURN(const std::vector<WorldRow> rows, found->evaluate(World(&index_, slice)));
  std::vector<std::string> lines;
  for (const WorldRow& row : rows) {
    ANNALS_ASSIGN_OR_RETURN(lines.emplace_back(), Render(*found, row, slice));
  }
  return lines;
}

absl::StatusOr<std::string> Scenario::Render(const View& view, const WorldRow& row,
                                             const Slice& slice) const {
  if (row.key.size() + row.cells.size() != view.columns.size()) {
    return absl::InternalError(absl::StrCat("a row of the wrong size in ", view.name));
  }
  std::string line = absl::StrCat(absl::StrJoin(row.key, "/"), ":");
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const WorldCell& cell = row.cells[i];
    if (!cell.value) continue;
    ANNALS_ASSIGN_OR_RETURN(const std::string evidence, RenderEvidence(cell, slice));
    absl::StrAppend(&line, " ", view.columns[row.key.size() + i].name(), "=",
                    ValueText(*cell.value), "@", evidence);
  }
  return line;
}

absl::StatusOr<std::string> Scenario::RenderEvidence(const WorldCell& cell,
                                                     const Slice& slice) const {
  std::set<uint64_t> positions;
  for (const EvidenceSource& source : cell.evidence) {
    if (const auto* position = std::get_if<Position>(&source)) {
      positions.insert(position->value);
      continue;
    }
    const auto& all = std::get<ContributionsOf>(source);
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> contributors,
                            index_.Contributors(all.measure, all.prefix, slice, Position{0},
                                                std::numeric_limits<size_t>::max()));
    for (const Position position : contributors) positions.insert(position.value);
  }
  if (positions.empty()) return absl::InternalError("a value without evidence");
  return absl::StrJoin(positions, ",");
}

}  // namespace annals::testing
