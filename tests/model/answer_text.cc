#include "tests/model/answer_text.h"

#include <map>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace annals::model {
namespace {

std::vector<std::string> ColumnNames(const View& view, bool of_key) {
  std::vector<std::string> names;
  for (const v1::Column& column : view.columns) {
    if ((column.kind() == v1::Column::KEY) == of_key) names.push_back(column.name());
  }
  return names;
}

Key ReadKey(const google::protobuf::Map<std::string, std::string>& fields, const View& view) {
  Key key;
  for (const std::string& name : ColumnNames(view, true)) {
    const auto found = fields.find(name);
    key.push_back(found == fields.end() ? "(missing)" : found->second);
  }
  if (fields.size() != key.size()) key.push_back("(surplus)");
  return key;
}

std::string EvidenceText(v1::World world, uint64_t position, const v1::Event& event) {
  std::string text = absl::StrCat("  ", v1::World_Name(world), " #", position, " ", event.id(),
                                  " by ", event.asserter());
  for (const v1::Citation& citation : event.citations()) {
    absl::StrAppend(&text, " in ", citation.source(), " ", citation.locator());
  }
  return text + "\n";
}

std::string EvidenceText(const v1::Evidence& evidence) {
  v1::Event event;
  event.set_id(evidence.event());
  event.set_asserter(evidence.asserter());
  *event.mutable_citations() = evidence.citations();
  return EvidenceText(evidence.world(), evidence.position(), event);
}

std::string EvidenceText(v1::World world, const Answer& answer, const NaiveTimeline& timeline,
                         size_t limit) {
  std::string text;
  for (const uint64_t position : answer.evidence) {
    if (limit-- == 0) break;
    absl::StrAppend(&text, EvidenceText(world, position, timeline.facts()[position - 1].stated));
  }
  return text;
}

std::string OrDash(const std::optional<v1::Value>& value) { return value ? ToText(*value) : "–"; }

std::string CellHead(const Key& key, const std::string& column, const std::string& certain,
                     const std::string& possible) {
  return absl::StrCat(ToText(key), " ", column, ": certain ", certain, ", possible ", possible,
                      "\n");
}

std::string ChangeHead(const std::string& cause, const Key& key, const std::string& column,
                       v1::World world, const std::string& before, const std::string& after) {
  return absl::StrCat(cause, " ", ToText(key), " ", column, " ", v1::World_Name(world), ": ",
                      before, " -> ", after, "\n");
}

bool SameValue(const Answer& a, const Answer& b) { return OrDash(a.value) == OrDash(b.value); }

}  // namespace

std::string ToText(const v1::Value& value) {
  if (value.has_quantity()) {
    const v1::Quantity& quantity = value.quantity();
    return absl::StrCat(quantity.has_lower() ? absl::StrCat(quantity.lower()) : "-", "..",
                        quantity.has_upper() ? absl::StrCat(quantity.upper()) : "-");
  }
  return absl::StrCat("{", absl::CEscape(value.ShortDebugString()), "}");
}

std::string ToText(const Key& key) {
  return absl::StrCat("(",
                      absl::StrJoin(key, ", ",
                                    [](std::string* out, const std::string& part) {
                                      absl::StrAppend(out, "\"", absl::CEscape(part), "\"");
                                    }),
                      ")");
}

std::string TableText(const NaiveTable& table, const View& view, const NaiveTimeline& timeline,
                      size_t evidence) {
  const std::vector<std::string> columns = ColumnNames(view, false);
  std::string text;
  for (const auto& [key, cells] : table) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const NaiveCell& cell = cells[i];
      absl::StrAppend(
          &text, CellHead(key, columns[i], OrDash(cell.certain.value), OrDash(cell.possible.value)),
          EvidenceText(v1::CERTAIN, cell.certain, timeline, evidence),
          EvidenceText(v1::POSSIBLE, cell.possible, timeline, evidence));
    }
  }
  return text;
}

std::string TableText(const google::protobuf::RepeatedPtrField<v1::Row>& rows, const View& view) {
  const std::vector<std::string> columns = ColumnNames(view, false);
  std::string text;
  for (const v1::Row& row : rows) {
    const Key key = ReadKey(row.key(), view);
    size_t known_cells = 0;
    for (const std::string& column : columns) {
      known_cells += row.cells().count(column);
      const auto found = row.cells().find(column);
      const v1::Cell cell = found == row.cells().end() ? v1::Cell() : found->second;
      absl::StrAppend(&text,
                      CellHead(key, column, cell.has_certain() ? ToText(cell.certain()) : "–",
                               cell.has_possible() ? ToText(cell.possible()) : "–"));
      for (const v1::Evidence& evidence : cell.evidence()) {
        absl::StrAppend(&text, EvidenceText(evidence));
      }
    }
    if (known_cells != row.cells_size()) absl::StrAppend(&text, "cells of no column\n");
  }
  return text;
}

std::string ChangesText(const std::string& cause, const NaiveTable& before, const NaiveTable& after,
                        const View& view, const NaiveTimeline& timeline) {
  const std::vector<std::string> columns = ColumnNames(view, false);
  const std::vector<NaiveCell> nothing(columns.size());
  std::map<Key, bool> keys;
  for (const auto& [key, cells] : before) keys[key] = true;
  for (const auto& [key, cells] : after) keys[key] = true;
  std::string text;
  for (const auto& [key, present] : keys) {
    const auto& old_cells = before.contains(key) ? before.at(key) : nothing;
    const auto& new_cells = after.contains(key) ? after.at(key) : nothing;
    for (size_t i = 0; i < columns.size(); ++i) {
      for (const v1::World world : {v1::CERTAIN, v1::POSSIBLE}) {
        const bool certain = world == v1::CERTAIN;
        const Answer& then = certain ? old_cells[i].certain : old_cells[i].possible;
        const Answer& now = certain ? new_cells[i].certain : new_cells[i].possible;
        if (SameValue(then, now)) continue;
        absl::StrAppend(
            &text, ChangeHead(cause, key, columns[i], world, OrDash(then.value), OrDash(now.value)),
            EvidenceText(world, now.value ? now : then, timeline, kComparedEvidence));
      }
    }
  }
  return text;
}

std::string ChangesText(const v1::DiffResult& diff, const View& view) {
  std::string text;
  for (const v1::Change& change : diff.changes()) {
    absl::StrAppend(&text, ChangeHead(v1::Change::Cause_Name(change.cause()),
                                      ReadKey(change.key(), view), change.column(), change.world(),
                                      change.has_before() ? ToText(change.before()) : "–",
                                      change.has_after() ? ToText(change.after()) : "–"));
    size_t listed = 0;
    for (const v1::Evidence& evidence : change.evidence()) {
      if (listed++ < kComparedEvidence) absl::StrAppend(&text, EvidenceText(evidence));
    }
  }
  return text;
}

std::string FirstDifference(const std::string& expected, const std::string& actual) {
  const std::vector<std::string> theirs = absl::StrSplit(actual, '\n');
  const std::vector<std::string> ours = absl::StrSplit(expected, '\n');
  std::string context;  // The last line that isn't evidence: the cell.
  for (size_t i = 0; i < ours.size() || i < theirs.size(); ++i) {
    const std::string our = i < ours.size() ? ours[i] : "(the end)";
    const std::string their = i < theirs.size() ? theirs[i] : "(the end)";
    if (our != their) {
      return absl::StrCat("  in:     ", context, "\n  model:  ", our, "\n  engine: ", their, "\n");
    }
    if (!our.empty() && our[0] != ' ') context = our;
  }
  return "";
}

}  // namespace annals::model
