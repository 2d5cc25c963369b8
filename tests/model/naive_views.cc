#include "tests/model/naive_views.h"

#include <cstdlib>
#include <functional>
#include <set>

#include "absl/strings/str_join.h"
#include "engine/base/quantity.h"
#include "tests/model/claims.h"
#include "tests/testing/lighthouses/lighthouses.h"

namespace annals::model {
namespace {

using testing::KeeperMeasure;
using testing::LampMeasure;
using testing::NationsMeasure;
using testing::RangeMeasure;
using testing::ShipsMeasure;
using testing::TendedMeasure;
using testing::VisitorsMeasure;

// One world's answers, by key, for one column.
using Column = std::map<Key, Answer>;

Column Latest(const NaiveTimeline& timeline, const MeasureRef& measure, const Slice& slice) {
  Column column;
  for (const auto& [key, holder] : timeline.Register(measure, slice)) {
    column[key] = {holder.value, {holder.position}};
  }
  return column;
}

std::set<uint64_t> All(const Membership& members) {
  std::set<uint64_t> positions;
  for (const auto& [member, by] : members) positions.insert(by.begin(), by.end());
  return positions;
}

Column Counts(const NaiveTimeline& timeline, const MeasureRef& measure, const Slice& slice) {
  Column column;
  for (const auto& [key, members] : timeline.Set(measure, slice)) {
    column[key] = {ToValue(Quantity::Exactly(static_cast<int64_t>(members.size()))), All(members)};
  }
  return column;
}

Column EachShip(const NaiveTimeline& timeline, const Slice& slice) {
  Column column;
  for (const auto& [group, members] : timeline.Set(ShipsMeasure(), slice)) {
    for (const auto& [ship, positions] : members) {
      Key key = group;
      key.push_back(ship);
      column[key] = {ToFlag(true), positions};
    }
  }
  return column;
}

Column Fleet(const NaiveTimeline& timeline, const Slice& slice) {
  Column column;
  for (const auto& [group, members] : timeline.Set(ShipsMeasure(), slice)) {
    const std::string names = absl::StrJoin(
        members, ", ", [](std::string* out, const auto& member) { *out += member.first; });
    column[group] = {ToValue(names), All(members)};
  }
  return column;
}

void AddLimits(const v1::Quantity& part, Answer* total) {
  v1::Quantity* sum = total->value->mutable_quantity();
  const v1::Quantity before = *sum;
  int64_t lower = 0;
  int64_t upper = 0;
  sum->clear_lower();
  sum->clear_upper();
  if (before.has_lower() && part.has_lower()) {
    total->is_beyond |= __builtin_add_overflow(before.lower(), part.lower(), &lower);
    sum->set_lower(lower);
  }
  if (before.has_upper() && part.has_upper()) {
    total->is_beyond |= __builtin_add_overflow(before.upper(), part.upper(), &upper);
    sum->set_upper(upper);
  }
}

// The view adds up what the index says of each lighthouse, in order of key: any
// step of that may leave 64 bits.
Column CoastTotals(const NaiveTimeline& timeline, const Slice& slice) {
  Column totals;
  for (const auto& [key, part] : timeline.Tally(VisitorsMeasure(), slice)) {
    const auto [found, is_first] = totals.try_emplace({key[0]}, part);
    Answer& total = found->second;
    if (is_first) continue;
    total.evidence.insert(part.evidence.begin(), part.evidence.end());
    total.is_beyond = total.is_beyond || part.is_beyond;
    if (!total.is_beyond) AddLimits(part.value->quantity(), &total);
  }
  return totals;
}

// What a column has for one key, under the beacon's own key.
Column Only(const Column& column, const Key& key) {
  const auto found = column.find(key);
  if (found == column.end()) return {};
  return {{{testing::kBeacon}, found->second}};
}

std::vector<Column> Columns(const NaiveTimeline& timeline, const std::string& view,
                            const Slice& slice) {
  if (view == "visitors") return {timeline.Tally(VisitorsMeasure(), slice)};
  if (view == "coasts") {
    return {CoastTotals(timeline, slice), Counts(timeline, NationsMeasure(), slice)};
  }
  if (view == "keepers") {
    return {Latest(timeline, KeeperMeasure(), slice), Latest(timeline, TendedMeasure(), slice)};
  }
  if (view == "lamps") {
    return {Latest(timeline, LampMeasure(), slice), Latest(timeline, RangeMeasure(), slice)};
  }
  if (view == "ships") return {EachShip(timeline, slice)};
  if (view == "traffic") return {Counts(timeline, ShipsMeasure(), slice)};
  if (view == "beacon") {
    const Key beacon = {testing::kBeaconCoast, testing::kBeacon};
    return {Only(timeline.Tally(VisitorsMeasure(), slice), beacon),
            Only(Latest(timeline, KeeperMeasure(), slice), {testing::kBeacon}),
            Only(Counts(timeline, ShipsMeasure(), slice), beacon),
            Only(Fleet(timeline, slice), beacon)};
  }
  std::abort();  // No such view: a bug of the test.
}

}  // namespace

Slice NaiveSlice(WorldKind world, const PinnedAsOf& as_of) {
  return {world, as_of.valid, as_of.known, as_of.position};
}

bool IsBeyond(const NaiveTable& table) {
  for (const auto& [key, cells] : table) {
    for (const NaiveCell& cell : cells) {
      if (cell.certain.is_beyond || cell.possible.is_beyond) return true;
    }
  }
  return false;
}

NaiveTable EvaluateNaively(const NaiveTimeline& timeline, const std::string& view,
                           const PinnedAsOf& as_of) {
  NaiveTable table;
  for (const WorldKind world : {WorldKind::kCertain, WorldKind::kPossible}) {
    const std::vector<Column> columns = Columns(timeline, view, NaiveSlice(world, as_of));
    for (size_t i = 0; i < columns.size(); ++i) {
      for (const auto& [key, answer] : columns[i]) {
        NaiveCell& cell = table.try_emplace(key, columns.size()).first->second[i];
        (world == WorldKind::kCertain ? cell.certain : cell.possible) = answer;
      }
    }
  }
  return table;
}

}  // namespace annals::model
