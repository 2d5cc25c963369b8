#include "engine/render/catalogue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/time/home_zone.h"

namespace annals {
namespace {

// "key country, freed (persons)".
std::string ColumnsInWords(const v1::ViewInfo& view) {
  return absl::StrJoin(view.columns(), ", ", [](std::string* out, const v1::Column& column) {
    absl::StrAppend(out, column.kind() == v1::Column::KEY ? "key " : "", column.name());
    if (!column.unit().empty()) absl::StrAppend(out, " (", column.unit(), ")");
  });
}

std::string FieldsInWords(const v1::EventType& type) {
  return absl::StrJoin(type.fields(), ", ", [](std::string* out, const v1::EventTypeField& field) {
    absl::StrAppend(out, field.name(), field.is_list() ? "[]" : "");
  });
}

void AddTimeline(const v1::TimelineStats& stats, Table* table) {
  const std::string& timeline = stats.timeline();
  table->rows.push_back({timeline, "events", stats.events(), ""});
  table->rows.push_back({timeline, "streams", stats.streams(), ""});
  for (const v1::TypeCount& count : stats.types()) {
    table->rows.push_back({timeline,
                           count.type().empty() ? "retractions without a payload"
                                                : absl::StrCat("events of ", count.type()),
                           count.events(), ""});
  }
  for (const v1::ProjectionStats& one : stats.projections()) {
    table->rows.push_back(ProjectionRow(timeline, one.projection(), one.position(), one.failure()));
  }
}

}  // namespace

absl::StatusOr<Table> TimelinesTable(const v1::ListTimelinesResponse& response) {
  Table table{.name = "timelines",
              .columns = {{"timeline"},
                          {"title"},
                          {"domain"},
                          {"home zone", Table::Kind::kText, "homeZone"},
                          {"events", Table::Kind::kCount},
                          {"last recorded", Table::Kind::kText, "lastRecordedAt"}}};
  for (const v1::Timeline& timeline : response.timelines()) {
    const v1::TimelineCreated& settings = timeline.settings();
    ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, HomeZone::Load(settings.home_zone()));
    table.rows.push_back(
        {timeline.name(), settings.title(),
         settings.domain().empty() ? Table::Cell() : Table::Cell(settings.domain()), zone.name(),
         timeline.head(), FormatInstant(FromTimestamp(timeline.recorded_at()), zone)});
  }
  return table;
}

Table ViewsTable(const v1::ListViewsResponse& response) {
  Table table{.name = "views", .columns = {{"view"}, {"columns"}, {"description"}}};
  for (const v1::ViewInfo& view : response.views()) {
    table.rows.push_back({view.name(), ColumnsInWords(view), view.description()});
  }
  return table;
}

Table TypesTable(const v1::ListTypesResponse& response) {
  Table table{.name = "types", .columns = {{"type"}, {"records"}, {"fields"}}};
  for (const v1::EventType& type : response.types()) {
    table.rows.push_back({type.name(), type.description(), FieldsInWords(type)});
  }
  return table;
}

Table FindingsTable(std::string name) {
  return {.name = std::move(name),
          .columns = {{"timeline"}, {"what"}, {"value", Table::Kind::kCount}, {"note"}}};
}

std::vector<Table::Cell> ProjectionRow(const std::string& timeline, const std::string& projection,
                                       uint64_t position, absl::string_view failure) {
  return {timeline, absl::StrCat("projection ", projection, " at position"), position,
          failure.empty() ? "" : absl::StrCat("stopped: ", failure)};
}

Table StatsTable(const v1::GetStatsResponse& stats) {
  Table table = FindingsTable("stats");
  for (const v1::TimelineStats& timeline : stats.timelines()) AddTimeline(timeline, &table);
  table.rows.push_back({Table::Cell(), "bytes of events", stats.event_bytes(), "on disk, about"});
  table.rows.push_back(
      {Table::Cell(), "bytes of projections", stats.projection_bytes(), "on disk, about"});
  table.rows.push_back(
      {Table::Cell(), "durability", Table::Cell(),
       v1::Durability_Name(stats.durability()) +
           (stats.durability() == v1::MEMORY ? ": unsafe_no_sync; acknowledged before it is on disk"
                                             : ": on disk when it is acknowledged")});
  return table;
}

}  // namespace annals
