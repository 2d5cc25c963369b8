#include "tests/projections/memory_index.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"

namespace annals::testing {
namespace {

bool BeginsWith(const Key& key, const Key& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

Instant OccurredIn(const EventTimes& times, WorldKind world) {
  return world == WorldKind::kCertain ? times.occurred.latest : times.occurred.earliest;
}

Instant KnownIn(const EventTimes& times, WorldKind world) {
  return world == WorldKind::kCertain ? times.known.latest : times.known.earliest;
}

}  // namespace

absl::Status MemoryIndex::Add(const ProjectedEvent& event) {
  head_ = head_.Next();
  for (const Projection& projection : projections_) {
    Contributions contributions(&projection.measures);
    ANNALS_RETURN_IF_ERROR(projection.project(event, &contributions));
    ANNALS_RETURN_IF_ERROR(contributions.status());
    for (const Contribution& contribution : contributions.all()) {
      const std::string& measure = projection.measures[contribution.measure].name;
      entries_[{projection.name, measure}].push_back({head_, event.times, contribution});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<MemoryIndex::EntriesByKey> MemoryIndex::Scan(const MeasureRef& measure,
                                                            const Key& prefix, const Slice& slice,
                                                            bool members) const {
  const bool exists = std::any_of(projections_.begin(), projections_.end(), [&](const auto& p) {
    return p.name == measure.projection &&
           std::any_of(p.measures.begin(), p.measures.end(),
                       [&](const Measure& m) { return m.name == measure.measure; });
  });
  if (!exists) {
    return absl::NotFoundError(
        absl::StrCat("no measure \"", measure.projection, ".", measure.measure, "\""));
  }
  EntriesByKey found;
  const auto entries = entries_.find(measure);
  if (entries == entries_.end()) return found;
  for (const Entry& entry : entries->second) {
    Key key = entry.contribution.key;
    if (members) key.push_back(entry.contribution.member);
    if (!BeginsWith(key, prefix) || entry.position > slice.position) continue;
    if (OccurredIn(entry.times, slice.world) > slice.valid) continue;
    if (KnownIn(entry.times, slice.world) > slice.known) continue;
    found[key].push_back(&entry);
  }
  return found;
}

absl::StatusOr<std::vector<TallyRow>> MemoryIndex::Tallies(const MeasureRef& measure,
                                                           const Key& prefix,
                                                           const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(const EntriesByKey found, Scan(measure, prefix, slice));
  std::vector<TallyRow> rows;
  for (const auto& [key, entries] : found) {
    Quantity sum;
    for (const Entry* entry : entries) {
      ANNALS_ASSIGN_OR_RETURN(sum, annals::Add(sum, entry->contribution.quantity));
    }
    rows.push_back({key, sum});
  }
  return rows;
}

absl::StatusOr<std::vector<RegisterRow>> MemoryIndex::Registers(const MeasureRef& measure,
                                                                const Key& prefix,
                                                                const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(const EntriesByKey found, Scan(measure, prefix, slice));
  std::vector<RegisterRow> rows;
  for (const auto& [key, entries] : found) {
    std::vector<RegisterRow> candidates;
    for (const Entry* entry : entries) {
      candidates.push_back({key, entry->contribution.value, entry->position,
                            OccurredIn(entry->times, slice.world),
                            KnownIn(entry->times, slice.world)});
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
      return std::tie(a.occurred, a.known, a.position) < std::tie(b.occurred, b.known, b.position);
    });
    rows.push_back(candidates.back());
  }
  return rows;
}

absl::StatusOr<std::vector<SetRow>> MemoryIndex::Sets(const MeasureRef& measure, const Key& prefix,
                                                      const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(const EntriesByKey found, Scan(measure, prefix, slice));
  std::vector<SetRow> rows;
  for (const auto& [key, entries] : found) {
    std::set<std::string> members;
    for (const Entry* entry : entries) members.insert(entry->contribution.member);
    rows.push_back({key, members.size()});
  }
  return rows;
}

absl::StatusOr<std::vector<std::string>> MemoryIndex::Members(const MeasureRef& measure,
                                                              const Key& group, const Slice& slice,
                                                              const std::string& after,
                                                              size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(const EntriesByKey found, Scan(measure, group, slice, true));
  std::vector<std::string> members;
  for (const auto& [key, entries] : found) {
    if (key.back() > after && members.size() < limit) members.push_back(key.back());
  }
  return members;
}

absl::StatusOr<std::vector<Position>> MemoryIndex::Contributors(const MeasureRef& measure,
                                                                const Key& prefix,
                                                                const Slice& slice, Position after,
                                                                size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(const EntriesByKey found, Scan(measure, prefix, slice, true));
  std::set<Position> positions;
  for (const auto& [key, entries] : found) {
    for (const Entry* entry : entries) {
      if (entry->position > after) positions.insert(entry->position);
    }
  }
  std::vector<Position> page(positions.begin(), positions.end());
  page.resize(std::min(page.size(), limit));
  return page;
}

}  // namespace annals::testing
