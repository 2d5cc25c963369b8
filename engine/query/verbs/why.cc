#include "engine/query/verbs/why.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "engine/query/redacted_payloads.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/verbs/evidence.h"

namespace annals {
namespace {

constexpr size_t kNearKeys = 10;

bool HasPrefix(const Key& key, const Key& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

std::string QuotedKeys(const std::vector<Key>& keys) {
  return absl::StrJoin(
      keys, ", ", [](std::string* out, const Key& key) { absl::StrAppend(out, QuotedKey(key)); });
}

// The keys of `rows` that `key` may have meant, the nearest first.
std::vector<Key> NearKeys(const Key& key, const JoinedRows& rows) {
  std::map<std::string, Key> by_name;
  std::vector<std::string> names;
  for (const auto& [candidate, cells] : rows) {
    names.push_back(absl::StrJoin(candidate, " "));
    by_name.emplace(names.back(), candidate);
  }
  std::vector<Key> near;
  for (const std::string& name : NearNames(absl::StrJoin(key, " "), names, kNearKeys)) {
    near.push_back(by_name.at(name));
  }
  return near;
}

absl::Status UnknownKey(const Key& key, const JoinedRows& rows) {
  const std::string nothing = absl::StrCat("there is no row ", QuotedKey(key));
  if (rows.empty()) {
    return absl::NotFoundError(
        absl::StrCat(nothing, ": the view has no rows as of then; ask for a later date"));
  }
  const std::vector<Key> near = NearKeys(key, rows);
  if (!near.empty()) {
    return absl::NotFoundError(absl::StrCat(nothing, "; near it are ", QuotedKeys(near)));
  }
  std::vector<Key> first;
  for (auto row = rows.begin(); row != rows.end() && first.size() < kNearKeys; ++row) {
    first.push_back(row->first);
  }
  return absl::NotFoundError(
      absl::StrCat(nothing, "; of ", rows.size(), " rows, ",
                   first.size() == rows.size() ? "all are " : "the first are ", QuotedKeys(first)));
}

// One page of a cell's evidence, world by world in the order of kWorlds.
struct Page {
  std::array<std::vector<Position>, kWorlds.size()> positions;
  Position more_after;  // 0: that is all.
};

absl::StatusOr<Page> ReadPage(const JoinedCell& cell, const PinnedAsOf& as_of, Position after,
                              size_t limit, const EvidenceReader& reader) {
  // One more than is shown tells whether there is more.
  const size_t asked = std::min(limit, std::numeric_limits<size_t>::max() - 1) + 1;
  Page page;
  Position end = Position::Max();
  for (size_t i = 0; i < page.positions.size(); ++i) {
    const WorldKind world = kWorlds[i];
    const WorldCell& in_world = cell.In(world);
    if (!in_world.value) continue;
    std::vector<Position>& positions = page.positions[i];
    ANNALS_ASSIGN_OR_RETURN(
        positions, reader.Positions(in_world.evidence, SliceOf(world, as_of), after, asked));
    if (positions.empty() && after == Position{0}) return NoEvidence();
    if (positions.size() > limit) {
      positions.pop_back();
      end = std::min(end, positions.back());
    }
  }
  if (end == Position::Max()) return page;
  page.more_after = end;
  for (std::vector<Position>& positions : page.positions) {
    positions.erase(std::upper_bound(positions.begin(), positions.end(), end), positions.end());
  }
  return page;
}

absl::StatusOr<v1::CellReason> Explain(const std::string& column, const JoinedCell& cell,
                                       const PinnedAsOf& as_of, Position after, size_t limit,
                                       EvidenceReader* reader) {
  v1::CellReason answer;
  answer.set_column(column);
  if (cell.certain.value) *answer.mutable_certain() = *cell.certain.value;
  if (cell.possible.value) *answer.mutable_possible() = *cell.possible.value;
  ANNALS_ASSIGN_OR_RETURN(const Page page, ReadPage(cell, as_of, after, limit, *reader));
  answer.set_more_after(page.more_after.value);
  for (size_t i = 0; i < page.positions.size(); ++i) {
    for (const Position position : page.positions[i]) {
      v1::Reason* const reason = answer.add_reasons();
      reason->set_world(ToProto(kWorlds[i]));
      ANNALS_ASSIGN_OR_RETURN(const v1::Event* const event, reader->Event(position));
      *reason->mutable_event() = *event;
      ANNALS_ASSIGN_OR_RETURN(auto redacted, RedactionOf(reader->log(), *event));
      if (redacted) *reason->mutable_redacted() = *std::move(redacted);
    }
  }
  return answer;
}

absl::StatusOr<v1::WhyResult> ExplainRow(const Inquiry& inquiry, const JoinedRows::value_type& row,
                                         const PinnedAsOf& as_of, Position after, size_t limit,
                                         EvidenceReader* reader) {
  v1::WhyResult result;
  result.set_timeline(inquiry.timeline.name);
  result.set_view(inquiry.view->name);
  *result.mutable_as_of() = ToProto(as_of, inquiry.timeline.home_zone);
  FillKey(*inquiry.view, row.first, result.mutable_key());
  const std::vector<const v1::Column*> columns = CellColumns(*inquiry.view);
  for (size_t i = 0; i < columns.size(); ++i) {
    ANNALS_ASSIGN_OR_RETURN(*result.add_cells(), Explain(columns[i]->name(), row.second[i], as_of,
                                                         after, limit, reader));
  }
  return result;
}

absl::Status CheckRequest(const Inquiry& inquiry, const Key& key, size_t limit) {
  if (limit == 0) return absl::InvalidArgumentError("the limit is 0; ask for at least one event");
  const std::vector<const v1::Column*> columns = KeyColumns(*inquiry.view);
  if (key.size() <= columns.size()) return absl::OkStatus();
  const std::string names =
      absl::StrJoin(columns, ", ", [](std::string* out, const v1::Column* column) {
        absl::StrAppend(out, Quoted(column->name()));
      });
  return absl::InvalidArgumentError(absl::StrCat("the key ", QuotedKey(key), " has ", key.size(),
                                                 " elements; the view's keys have ", columns.size(),
                                                 ": ", names));
}

}  // namespace

absl::StatusOr<std::vector<v1::WhyResult>> AnswerWhy(const Inquiry& inquiry, const Key& key,
                                                     const PinnedAsOf& as_of, Position after,
                                                     size_t limit) {
  ANNALS_RETURN_IF_ERROR(CheckRequest(inquiry, key, limit));
  ANNALS_ASSIGN_OR_RETURN(const JoinedRows rows, Evaluate(*inquiry.view, *inquiry.index, as_of));
  EvidenceReader reader(inquiry.log, inquiry.index, inquiry.timeline.name);
  std::vector<v1::WhyResult> results;
  for (auto row = rows.lower_bound(key); row != rows.end() && HasPrefix(row->first, key); ++row) {
    absl::StatusOr<v1::WhyResult> result = ExplainRow(inquiry, *row, as_of, after, limit, &reader);
    if (!result.ok()) {
      return Annotate(result.status(), absl::StrCat("key ", QuotedKey(row->first)));
    }
    results.push_back(*std::move(result));
  }
  if (results.empty() && !key.empty()) return UnknownKey(key, rows);
  return results;
}

}  // namespace annals
