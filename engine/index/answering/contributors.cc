#include "engine/index/answering/contributors.h"

#include <functional>
#include <iterator>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "engine/base/status.h"
#include "engine/index/lists/contribution_cursor.h"
#include "engine/index/lists/list_range.h"
#include "engine/index/measure/group_directory.h"

namespace annals {
namespace {

// A list that is read beside others costs a cursor of its own.
constexpr size_t kMostListsAtOnce = 256;

// All lists in one ordered walk, keeping the smallest positions.
absl::StatusOr<std::vector<Position>> Smallest(ContributionCursor contributions, Position after,
                                               size_t limit) {
  std::set<Position> smallest;
  while (contributions.Next()) {
    const Position event = contributions.event();
    if (event <= after || (smallest.size() == limit && event > *smallest.rbegin())) continue;
    smallest.insert(event);
    if (smallest.size() > limit) smallest.erase(std::prev(smallest.end()));
  }
  ANNALS_RETURN_IF_ERROR(contributions.status());
  return std::vector<Position>(smallest.begin(), smallest.end());
}

// Lists that are in order each, merged as far as the limit.
absl::StatusOr<std::vector<Position>> Merged(std::vector<std::unique_ptr<ContributionCursor>> lists,
                                             size_t limit) {
  using Head = std::pair<Position, size_t>;
  std::priority_queue<Head, std::vector<Head>, std::greater<Head>> heads;
  const auto advance = [&](size_t i) -> absl::Status {
    if (lists[i]->Next()) heads.emplace(lists[i]->event(), i);
    return lists[i]->status();
  };
  for (size_t i = 0; i < lists.size(); ++i) ANNALS_RETURN_IF_ERROR(advance(i));
  std::vector<Position> positions;
  while (!heads.empty()) {
    const auto [event, i] = heads.top();
    heads.pop();
    if (positions.empty() || positions.back() != event) {
      if (positions.size() == limit) break;
      positions.push_back(event);
    }
    ANNALS_RETURN_IF_ERROR(advance(i));
  }
  return positions;
}

}  // namespace

bool ReadsContributorsInOrder(const ServedMeasure& served, const Key& prefix) {
  if (prefix.size() >= served.measure->key_names.size()) return true;
  const GroupDirectory& groups = served.index->groups();
  return groups.is_complete() &&
         groups.In(ListRange::WithPrefix(EncodeKey(prefix))).size() <= kMostListsAtOnce;
}

absl::StatusOr<std::vector<Position>> ContributorsOf(const ServedMeasure& served, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) {
  if (limit == 0) return std::vector<Position>();
  const size_t key_size = served.measure->key_names.size();
  const std::string name = EncodeKey(prefix);
  const auto open = [&](const ContributionLists& lists, const ListRange& range) {
    return std::make_unique<ContributionCursor>(lists.Open(range, slice.position),
                                                absl::MakeConstSpan(&slice, 1));
  };
  std::vector<std::unique_ptr<ContributionCursor>> lists;
  if (prefix.size() > key_size) {
    lists.push_back(open(served.index->by_member(), ListRange::OneList(name, after)));
    return Merged(std::move(lists), limit);
  }
  const ContributionLists& by_key = served.index->by_key();
  if (prefix.size() == key_size) {
    lists.push_back(open(by_key, ListRange::OneList(name, after)));
    return Merged(std::move(lists), limit);
  }
  if (!ReadsContributorsInOrder(served, prefix)) {
    return Smallest(ContributionCursor(by_key.Open(ListRange::WithPrefix(name), slice.position),
                                       absl::MakeConstSpan(&slice, 1)),
                    after, limit);
  }
  for (const auto& [list, group] : served.index->groups().In(ListRange::WithPrefix(name))) {
    lists.push_back(open(by_key, ListRange::OneList(list, after)));
  }
  return Merged(std::move(lists), limit);
}

}  // namespace annals
