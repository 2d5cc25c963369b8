#include "tests/model/compare_answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "tests/model/answer_text.h"
#include "tests/model/naive_views.h"

namespace annals::model {
namespace {

// A sum that leaves 64 bits is that error, and no other.
std::string CompareRefusal(const absl::Status& status) {
  if (absl::IsOutOfRange(status)) return "";
  return absl::StrCat("  model:  OUT_OF_RANGE\n  engine: ", status.ToString(), "\n");
}

// The answer must say what it was computed at. An open end has no RFC 3339 form.
std::string CompareEcho(const PinnedAsOf& asked, const v1::AsOf& echoed) {
  if (asked.position.value != echoed.position()) {
    return absl::StrCat("the answer's position is ", echoed.position(), "\n");
  }
  for (const auto& [instant, text] :
       {std::pair(asked.valid, echoed.valid()), std::pair(asked.known, echoed.known())}) {
    if (instant.IsOpen()) continue;
    absl::Time time;
    std::string error;
    // Years beyond four digits are not RFC 3339; absl reads no other.
    if (absl::StartsWith(text, "Y") || absl::StartsWith(text, "-")) continue;
    if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
        absl::ToUnixMicros(time) != instant.micros) {
      return absl::StrCat("the answer says \"", text, "\" for ", instant.micros, "\n");
    }
  }
  return "";
}

NaiveTable Under(const NaiveTable& table, const Key& prefix) {
  NaiveTable rows;
  for (const auto& [key, cells] : table) {
    if (BeginsWith(key, prefix)) rows[key] = cells;
  }
  return rows;
}

// The reasons given for a row's cells, gathered page by page.
struct Reasons {
  // By column and world.
  std::map<std::pair<std::string, v1::World>, std::set<uint64_t>> positions;
  uint64_t next = 0;  // Where the next page begins; 0: there is none.
};

// Adds a page's reasons. Returns what is wrong with the page by itself.
std::string Gather(const v1::WhyResult& page, uint64_t after, size_t limit,
                   const NaiveTimeline& timeline, Reasons* reasons) {
  reasons->next = 0;
  for (const v1::CellReason& cell : page.cells()) {
    std::map<v1::World, size_t> listed;
    std::pair<v1::World, uint64_t> last = {v1::WORLD_UNSPECIFIED, 0};
    for (const v1::Reason& reason : cell.reasons()) {
      const uint64_t position = reason.event().position();
      if (position <= after || position > timeline.head()) {
        return absl::StrCat("a reason at position ", position, " after ", after, "\n");
      }
      const std::string ours = EventText(Recorded(timeline.facts()[position - 1], timeline));
      if (ours != EventText(reason.event())) {
        return absl::StrCat("  the event is:\n", EventText(reason.event()), "  and was:\n", ours);
      }
      const std::pair<v1::World, uint64_t> here = {reason.world(), position};
      if (here <= last) return "reasons out of order\n";
      last = here;
      if (++listed[reason.world()] > limit) return "more reasons than asked for\n";
      reasons->positions[{cell.column(), reason.world()}].insert(position);
    }
    if (cell.more_after() == 0) continue;
    if (cell.more_after() <= after) return "more_after goes nowhere\n";
    if (reasons->next == 0 || cell.more_after() < reasons->next) reasons->next = cell.more_after();
  }
  return "";
}

// The evidence of a row's cells must be what the pages gave, and no more.
std::string CompareReasons(const std::vector<NaiveCell>& cells, const View& view,
                           const Reasons& reasons) {
  Reasons expected;
  const size_t keys = view.columns.size() - cells.size();
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string& column = view.columns[keys + i].name();
    const auto& certain = cells[i].certain.evidence;
    const auto& possible = cells[i].possible.evidence;
    if (!certain.empty()) expected.positions[{column, v1::CERTAIN}] = certain;
    if (!possible.empty()) expected.positions[{column, v1::POSSIBLE}] = possible;
  }
  if (expected.positions == reasons.positions) return "";
  std::string text;
  const Reasons* const given = &reasons;
  const Reasons* const due = &expected;
  for (const Reasons* side : {due, given}) {
    absl::StrAppend(&text, side == due ? "  model:\n" : "  engine:\n");
    for (const auto& [cell, positions] : side->positions) {
      absl::StrAppend(&text, "    ", cell.first, " ", v1::World_Name(cell.second), ": ",
                      absl::StrJoin(positions, ", "), "\n");
    }
  }
  return text;
}

// The row's values, in the form of a ViewResult's row.
v1::Row ToRow(const v1::WhyResult& why) {
  v1::Row row;
  *row.mutable_key() = why.key();
  for (const v1::CellReason& reason : why.cells()) {
    v1::Cell& cell = (*row.mutable_cells())[reason.column()];
    if (reason.has_certain()) *cell.mutable_certain() = reason.certain();
    if (reason.has_possible()) *cell.mutable_possible() = reason.possible();
  }
  return row;
}

// All pages of one row.
std::string CompareRowPages(const QueryEngine& engine, const NaiveTimeline& timeline,
                            const Operation& question, const View& view, const Key& key,
                            const std::vector<NaiveCell>& cells) {
  Reasons reasons;
  uint64_t after = 0;
  do {
    const auto pages =
        engine.Why(timeline.name(), view.name, key, question.as_of, {after}, question.limit);
    if (!pages.ok()) return absl::StrCat("engine: ", pages.status().ToString(), "\n");
    if (pages->size() != 1) return absl::StrCat("engine: ", pages->size(), " rows\n");
    google::protobuf::RepeatedPtrField<v1::Row> rows;
    *rows.Add() = ToRow(pages->front());
    std::string difference =
        FirstDifference(TableText({{key, cells}}, view, timeline, 0), TableText(rows, view));
    if (difference.empty()) {
      difference = Gather(pages->front(), after, question.limit, timeline, &reasons);
    }
    if (!difference.empty()) return difference;
    after = reasons.next;
  } while (after != 0);
  return CompareReasons(cells, view, reasons);
}

// In the order in which events happened.
auto Chronology(const Fact& fact) {
  const Instant latest = fact.occurred.latest;
  const Instant earliest = fact.occurred.earliest;
  return std::tuple(earliest.IsOpen() ? latest : earliest, latest, fact.position);
}

bool OfType(const v1::Event& event, const std::string& type) {
  return type.empty() || absl::EndsWith(event.payload().type_url(), "/" + type) ||
         absl::EndsWith(event.payload().type_url(), "." + type);
}

bool InStream(const v1::Event& event, const std::string& stream) {
  return stream.empty() || event.stream() == stream ||
         (absl::EndsWith(stream, "/") && absl::StartsWith(event.stream(), stream));
}

bool Cites(const v1::Event& event, const std::string& source) {
  if (source.empty()) return true;
  for (const v1::Citation& citation : event.citations()) {
    if (citation.source() == source) return true;
  }
  return false;
}

bool Passes(const Fact& fact, const EventFilter& filter) {
  const v1::Event& event = fact.stated;
  return (!filter.from || fact.occurred.latest >= *filter.from) &&
         (!filter.to || fact.occurred.earliest <= *filter.to) && OfType(event, filter.type) &&
         InStream(event, filter.stream) && Cites(event, filter.source) &&
         (filter.asserter.empty() || filter.asserter == event.asserter());
}

std::string ListedText(const v1::Event& event, const std::string& corrected_by) {
  return absl::StrCat("#", event.position(), " corrected by ", corrected_by, "\n  ",
                      EventText(event));
}

}  // namespace

std::string CompareAsOf(const QueryEngine& engine, const NaiveTimeline& timeline,
                        const Operation& question, const View& view) {
  const auto result = engine.AsOf(timeline.name(), view.name, question.as_of, question.limit);
  const NaiveTable table = EvaluateNaively(timeline, view.name, question.as_of);
  if (IsBeyond(table)) return CompareRefusal(result.status());
  if (!result.ok()) return absl::StrCat("engine: ", result.status().ToString(), "\n");
  if (result->timeline() != timeline.name() || result->view() != view.name ||
      static_cast<size_t>(result->columns_size()) != view.columns.size()) {
    return "the answer names another timeline or view\n";
  }
  return CompareEcho(question.as_of, result->as_of()) +
         FirstDifference(TableText(table, view, timeline, question.limit),
                         TableText(result->rows(), view));
}

std::string CompareWhy(const QueryEngine& engine, const NaiveTimeline& timeline,
                       const Operation& question, const View& view) {
  const NaiveTable whole = EvaluateNaively(timeline, view.name, question.as_of);
  const auto rows =
      engine.Why(timeline.name(), view.name, question.key, question.as_of, {}, question.limit);
  if (IsBeyond(whole)) return CompareRefusal(rows.status());
  const NaiveTable table = Under(whole, question.key);
  if (table.empty()) {
    // Every row of an empty table is no row; a key that it lacks is a mistake.
    const bool right =
        question.key.empty() ? rows.ok() && rows->empty() : absl::IsNotFound(rows.status());
    return right ? "" : absl::StrCat("engine: ", rows.status().ToString(), ", for no rows\n");
  }
  if (!rows.ok()) return absl::StrCat("engine: ", rows.status().ToString(), "\n");
  if (rows->size() != table.size()) {
    return absl::StrCat("model: ", table.size(), " rows\nengine: ", rows->size(), " rows\n");
  }
  for (const auto& [key, cells] : table) {
    std::string difference = CompareRowPages(engine, timeline, question, view, key, cells);
    if (!difference.empty()) return difference;
  }
  return "";
}

std::string CompareDiff(const QueryEngine& engine, const NaiveTimeline& timeline,
                        const Operation& question, const View& view) {
  const auto diff = engine.Diff(timeline.name(), view.name, question.as_of, question.to);
  // First only the world moves on, then what is known of it.
  const PinnedAsOf between = {question.to.valid, question.as_of.known, question.as_of.position};
  const NaiveTable first = EvaluateNaively(timeline, view.name, question.as_of);
  const NaiveTable second = EvaluateNaively(timeline, view.name, between);
  const NaiveTable third = EvaluateNaively(timeline, view.name, question.to);
  if (IsBeyond(first) || IsBeyond(second) || IsBeyond(third)) return CompareRefusal(diff.status());
  if (!diff.ok()) return absl::StrCat("engine: ", diff.status().ToString(), "\n");
  return CompareEcho(question.as_of, diff->from()) + CompareEcho(question.to, diff->to()) +
         FirstDifference(ChangesText("WORLD_CHANGED", first, second, view, timeline) +
                             ChangesText("LEARNED", second, third, view, timeline),
                         ChangesText(*diff, view));
}

std::string CompareHistory(const QueryEngine& engine, const NaiveTimeline& timeline,
                           const Operation& question, const View& view) {
  const auto history = engine.History(timeline.name(), view.name, question.steps);
  std::vector<NaiveTable> tables;
  for (const PinnedAsOf& step : question.steps) {
    tables.push_back(EvaluateNaively(timeline, view.name, step));
    if (IsBeyond(tables.back())) return CompareRefusal(history.status());
  }
  if (!history.ok()) return absl::StrCat("engine: ", history.status().ToString(), "\n");
  if (static_cast<size_t>(history->points_size()) != question.steps.size()) {
    return absl::StrCat("engine: ", history->points_size(), " points\n");
  }
  for (size_t i = 0; i < question.steps.size(); ++i) {
    const v1::HistoryPoint& point = history->points(static_cast<int>(i));
    std::string difference =
        CompareEcho(question.steps[i], point.as_of()) +
        FirstDifference(TableText(tables[i], view, timeline, 0), TableText(point.rows(), view));
    if (!difference.empty()) return absl::StrCat("  step ", i, "\n", difference);
  }
  return "";
}

std::string CompareTimeline(const QueryEngine& engine, const NaiveTimeline& timeline,
                            const Operation& question) {
  const auto list = engine.Timeline(timeline.name(), question.filter, question.as_of);
  if (!list.ok()) return absl::StrCat("engine: ", list.status().ToString(), "\n");
  std::string theirs;
  for (const v1::ListedEvent& listed : list->events()) {
    theirs += ListedText(listed.event(), absl::StrJoin(listed.corrected_by(), ", "));
  }
  std::vector<const Fact*> facts;
  for (const Fact& fact : timeline.facts()) {
    if (fact.position <= question.as_of.position.value && Passes(fact, question.filter)) {
      facts.push_back(&fact);
    }
  }
  std::sort(facts.begin(), facts.end(),
            [](const Fact* a, const Fact* b) { return Chronology(*a) < Chronology(*b); });
  auto corrections = timeline.Corrections(NaiveSlice(WorldKind::kPossible, question.as_of));
  std::string ours;
  for (const Fact* fact : facts) {
    ours += ListedText(Recorded(*fact, timeline), absl::StrJoin(corrections[fact->position], ", "));
  }
  return CompareEcho(question.as_of, list->as_of()) + FirstDifference(ours, theirs);
}

std::string ComparePin(const QueryEngine& engine, const NaiveTimeline& timeline, Instant now) {
  const auto pinned = engine.Pin(timeline.name(), {});
  if (!pinned.ok()) return absl::StrCat("engine: ", pinned.status().ToString(), "\n");
  // A clock that was set back must not hide what is recorded.
  now = std::max(now, timeline.facts().back().recorded_at);
  if (pinned->valid != now || pinned->known != now || pinned->position.value != timeline.head()) {
    return absl::StrCat("pinned at ", Describe(*pinned), "\n");
  }
  const auto beyond = engine.Pin(timeline.name(), {.position = timeline.head() + 1});
  if (!absl::IsOutOfRange(beyond.status())) return "pinned beyond the head\n";
  return "";
}

v1::Event Recorded(const Fact& fact, const NaiveTimeline& timeline) {
  v1::Event event = fact.stated;
  event.set_timeline(timeline.name());
  event.set_position(fact.position);
  event.set_revision(fact.revision);
  int64_t seconds = fact.recorded_at.micros / 1000000;
  event.mutable_recorded_at()->set_seconds(seconds);
  event.mutable_recorded_at()->set_nanos(
      static_cast<int32_t>((fact.recorded_at.micros - seconds * 1000000) * 1000));
  event.mutable_occurred_bounds()->set_earliest(fact.occurred.earliest.micros);
  event.mutable_occurred_bounds()->set_latest(fact.occurred.latest.micros);
  event.mutable_known_bounds()->set_earliest(fact.known.earliest.micros);
  event.mutable_known_bounds()->set_latest(fact.known.latest.micros);
  for (const uint64_t target : fact.corrects) {
    event.mutable_correction()->add_target_positions(target);
  }
  return event;
}

std::string EventText(v1::Event event) {
  event.clear_timeline();
  event.clear_payload_salt();  // Drawn at random.
  return event.ShortDebugString() + "\n";
}

}  // namespace annals::model
