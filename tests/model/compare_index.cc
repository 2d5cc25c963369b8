#include "tests/model/compare_index.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/model/answer_text.h"
#include "tests/model/claims.h"
#include "tests/model/naive_views.h"
#include "tests/testing/lighthouses/lighthouses.h"

namespace annals::model {
namespace {

std::string RegisterText(const Key& key, const v1::Value& value, uint64_t position,
                         Instant occurred, Instant known) {
  return absl::StrCat(ToText(key), " ", ToText(value), " #", position, " occurred ",
                      occurred.micros, " known ", known.micros, "\n");
}

ReadKind KindOf(const MeasureRef& measure) {
  if (measure == testing::VisitorsMeasure()) return ReadKind::kTallies;
  if (measure == testing::ShipsMeasure() || measure == testing::NationsMeasure()) {
    return ReadKind::kSets;
  }
  return ReadKind::kRegisters;
}

// What a sum that leaves 64 bits is in either's text.
constexpr char kBeyond[] = "OUT_OF_RANGE\n";

// One of the three kinds of measure: the model's rows and the index's, as text.
absl::StatusOr<std::string> TheirTallies(const TemporalIndex& index, const IndexQuestion& question,
                                         const Slice& slice) {
  const auto rows = index.Tallies(question.measure, question.key, slice);
  if (absl::IsOutOfRange(rows.status())) return kBeyond;
  if (!rows.ok()) return rows.status();
  std::string text;
  for (const TallyRow& row : *rows) {
    absl::StrAppend(&text, ToText(row.key), " ", ToText(ToValue(row.sum)), "\n");
  }
  return text;
}

std::string OurTallies(const NaiveTimeline& timeline, const IndexQuestion& question,
                       const Slice& slice) {
  std::string text;
  for (const auto& [key, answer] : timeline.Tally(question.measure, slice)) {
    if (!BeginsWith(key, question.key)) continue;
    if (answer.is_beyond) return kBeyond;
    absl::StrAppend(&text, ToText(key), " ", ToText(*answer.value), "\n");
  }
  return text;
}

absl::StatusOr<std::string> TheirRegisters(const TemporalIndex& index,
                                           const IndexQuestion& question, const Slice& slice) {
  const auto rows = index.Registers(question.measure, question.key, slice);
  if (!rows.ok()) return rows.status();
  std::string text;
  for (const RegisterRow& row : *rows) {
    text += RegisterText(row.key, row.value, row.position.value, row.occurred, row.known);
  }
  return text;
}

std::string OurRegisters(const NaiveTimeline& timeline, const IndexQuestion& question,
                         const Slice& slice) {
  std::string text;
  for (const auto& [key, holder] : timeline.Register(question.measure, slice)) {
    if (BeginsWith(key, question.key)) {
      text += RegisterText(key, holder.value, holder.position, holder.occurred, holder.known);
    }
  }
  return text;
}

// All pages of a group's members.
absl::StatusOr<std::vector<std::string>> AllMembers(const TemporalIndex& index,
                                                    const MeasureRef& measure, const Key& group,
                                                    const Slice& slice, size_t limit) {
  std::vector<std::string> all;
  std::string after;
  while (true) {
    const auto page = index.Members(measure, group, slice, after, limit);
    if (!page.ok()) return page.status();
    if (page->size() > limit) return absl::InternalError("a page beyond its limit");
    if (page->empty()) return all;
    if (page->front() <= after) return absl::InternalError("a page that goes back");
    all.insert(all.end(), page->begin(), page->end());
    after = page->back();
  }
}

absl::StatusOr<std::string> TheirSets(const TemporalIndex& index, const IndexQuestion& question,
                                      const Slice& slice) {
  const auto rows = index.Sets(question.measure, question.key, slice);
  if (!rows.ok()) return rows.status();
  std::string text;
  for (const SetRow& row : *rows) {
    const auto members = AllMembers(index, question.measure, row.key, slice, question.limit);
    if (!members.ok()) return members.status();
    absl::StrAppend(&text, ToText(row.key), " ", row.members, ": ", ToText(*members), "\n");
  }
  return text;
}

std::string OurSets(const NaiveTimeline& timeline, const IndexQuestion& question,
                    const Slice& slice) {
  std::string text;
  for (const auto& [key, membership] : timeline.Set(question.measure, slice)) {
    if (!BeginsWith(key, question.key)) continue;
    std::vector<std::string> members;
    for (const auto& [member, positions] : membership) members.push_back(member);
    absl::StrAppend(&text, ToText(key), " ", members.size(), ": ", ToText(members), "\n");
  }
  return text;
}

std::string CompareRows(const TemporalIndex& index, const NaiveTimeline& timeline,
                        const IndexQuestion& question, const Slice& slice) {
  const MeasureRef& measure = question.measure;
  absl::StatusOr<std::string> theirs;
  std::string ours;
  if (KindOf(measure) == ReadKind::kTallies) {
    theirs = TheirTallies(index, question, slice);
    ours = OurTallies(timeline, question, slice);
  } else if (KindOf(measure) == ReadKind::kSets) {
    theirs = TheirSets(index, question, slice);
    ours = OurSets(timeline, question, slice);
  } else {
    theirs = TheirRegisters(index, question, slice);
    ours = OurRegisters(timeline, question, slice);
  }
  if (!theirs.ok()) return absl::StrCat("engine: ", theirs.status().ToString(), "\n");
  return FirstDifference(ours, *theirs);
}

// All pages of the contributors under `prefix`.
std::string CompareContributors(const TemporalIndex& index, const IndexQuestion& question,
                                const Key& prefix, const std::set<uint64_t>& expected,
                                const Slice& slice) {
  std::vector<uint64_t> listed;
  while (true) {
    const Position after = {listed.empty() ? 0 : listed.back()};
    const auto page = index.Contributors(question.measure, prefix, slice, after, question.limit);
    if (!page.ok()) return absl::StrCat("engine: ", page.status().ToString(), "\n");
    if (page->size() > question.limit) return "a page beyond its limit\n";
    if (page->empty()) break;
    if (page->front() <= after) return "a page that goes back\n";
    for (const Position position : *page) listed.push_back(position.value);
  }
  const std::vector<uint64_t> ours(expected.begin(), expected.end());
  if (ours == listed) return "";
  return absl::StrCat("  contributors under ", ToText(prefix),
                      "\n  model:  ", absl::StrJoin(ours, ", "),
                      "\n  engine: ", absl::StrJoin(listed, ", "), "\n");
}

}  // namespace

std::string HowAnswered(const TemporalIndex& index, const IndexQuestion& question) {
  const Slice slice = NaiveSlice(WorldKind::kCertain, question.as_of);
  const auto plan = index.PlanFor(KindOf(question.measure), question.measure, question.key, slice);
  return plan.ok() ? std::string(StrategyName(plan->strategy)) : plan.status().ToString();
}

std::string CompareIndex(const TemporalIndex& index, const NaiveTimeline& timeline,
                         const IndexQuestion& question) {
  for (const WorldKind world : {WorldKind::kCertain, WorldKind::kPossible}) {
    const Slice slice = NaiveSlice(world, question.as_of);
    std::string difference = CompareRows(index, timeline, question, slice);
    if (difference.empty()) {
      difference = CompareContributors(
          index, question, question.key,
          timeline.Contributors(question.measure, question.key, std::nullopt, slice), slice);
    }
    const bool set = question.measure == testing::ShipsMeasure();
    if (difference.empty() && set && question.key.size() == 2) {
      Key prefix = question.key;
      prefix.push_back("ship-0");
      difference = CompareContributors(
          index, question, prefix,
          timeline.Contributors(question.measure, question.key, "ship-0", slice), slice);
    }
    if (!difference.empty()) {
      return absl::StrCat(world == WorldKind::kCertain ? "  certain" : "  possible", " world\n",
                          difference);
    }
  }
  return "";
}

}  // namespace annals::model
