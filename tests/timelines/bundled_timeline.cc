#include "tests/timelines/bundled_timeline.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/instant.h"
#include "engine/base/status.h"
#include "engine/query/query_engine.h"
#include "google/protobuf/text_format.h"
#include "projections/annals/general_domain.h"
#include "projections/venezuela/venezuela_domain.h"
#include "proto/annals/v1/view.pb.h"
#include "tests/projections/value_text.h"

namespace annals::testing {
namespace {

constexpr char kFolder[] = "timelines/venezuela-2026";
constexpr char kTimeline[] = "venezuela-2026";
constexpr Instant kFirstOfJune = {int64_t{1780272000} * 1000000};  // 2026-06-01T00:00:00Z.

std::string EvidenceText(const v1::Cell& cell, v1::World world) {
  std::vector<std::string> events;
  for (const v1::Evidence& evidence : cell.evidence()) {
    if (evidence.world() == world) events.push_back(evidence.event());
  }
  return absl::StrCat(" [", absl::StrJoin(events, " "), "]");
}

std::string RowText(const std::vector<v1::Column>& columns, const v1::Row& row, v1::World world,
                    bool with_evidence) {
  std::vector<std::string> cells;
  for (const v1::Column& column : columns) {
    const auto found = row.cells().find(column.name());
    if (found == row.cells().end()) continue;
    const v1::Cell& cell = found->second;
    const bool certain = world == v1::CERTAIN;
    if (!(certain ? cell.has_certain() : cell.has_possible())) continue;
    cells.push_back(absl::StrCat(column.name(), "=",
                                 ValueText(certain ? cell.certain() : cell.possible()),
                                 with_evidence ? EvidenceText(cell, world) : ""));
  }
  return absl::StrJoin(cells, " ");
}

}  // namespace

absl::StatusOr<std::vector<v1::Event>> ReadBundledEvents() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<v1::Event> events;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    v1::EventFile parsed;
    if (!google::protobuf::TextFormat::ParseFromString(text, &parsed)) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), " is no EventFile"));
    }
    for (v1::Event& event : *parsed.mutable_event()) {
      if (event.timeline().empty()) event.set_timeline(parsed.timeline());
      events.push_back(std::move(event));
    }
  }
  return events;
}

BundledTimeline::BundledTimeline()
    : clock_(kFirstOfJune), domains_({GeneralDomain(), VenezuelaDomain()}) {}

absl::StatusOr<std::unique_ptr<BundledTimeline>> BundledTimeline::Load() {
  auto timeline = std::unique_ptr<BundledTimeline>(new BundledTimeline());
  const std::string folder = timeline->folder_.path() + "/store";
  ANNALS_RETURN_IF_ERROR(Store::Create(folder));
  ANNALS_ASSIGN_OR_RETURN(timeline->store_,
                          Store::Open(folder, &timeline->domains_, {.clock = &timeline->clock_}));
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::Event> events, ReadBundledEvents());
  ANNALS_RETURN_IF_ERROR(timeline->store_->log()
                             .Append({.timeline = kTimeline, .events = std::move(events)})
                             .status());
  return timeline;
}

absl::StatusOr<Rows> BundledTimeline::Ask(const std::string& view, WorldKind world,
                                          const std::string& valid,
                                          const std::string& known) const {
  return Render(view, world, valid, known, true);
}

absl::StatusOr<Rows> BundledTimeline::AskValues(const std::string& view, WorldKind world,
                                                const std::string& valid,
                                                const std::string& known) const {
  return Render(view, world, valid, known, false);
}

absl::StatusOr<Rows> BundledTimeline::Render(const std::string& view, WorldKind world,
                                             const std::string& valid, const std::string& known,
                                             bool with_evidence) const {
  AsOfQuestion question;
  if (!valid.empty()) question.valid = valid;
  if (!known.empty()) question.known = known;
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of, store_->queries().Pin(kTimeline, question));
  ANNALS_ASSIGN_OR_RETURN(const v1::ViewResult result,
                          store_->queries().AsOf(kTimeline, view, as_of));
  const std::vector<v1::Column> columns(result.columns().begin(), result.columns().end());
  Rows rows;
  for (const v1::Row& row : result.rows()) {
    std::vector<std::string> key;
    for (const v1::Column& column : columns) {
      if (column.kind() == v1::Column::KEY) key.push_back(row.key().at(column.name()));
    }
    std::string cells = RowText(
        columns, row, world == WorldKind::kCertain ? v1::CERTAIN : v1::POSSIBLE, with_evidence);
    if (!cells.empty()) rows[absl::StrJoin(key, "/")] = std::move(cells);
  }
  return rows;
}

}  // namespace annals::testing
