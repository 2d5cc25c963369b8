#include "engine/index/lists/list_tail.h"

#include <algorithm>

namespace annals {
namespace {

// What a new list costs beside its name.
constexpr size_t kListBytes = 128;

}  // namespace

void ListTail::State(absl::string_view list, StatedContribution contribution) {
  MutexLock lock(&mutex_);
  const auto [found, is_new] = lists_.try_emplace(list);
  if (is_new) bytes_ += list.size() + kListBytes;
  bytes_ += sizeof(StatedContribution) + contribution.content.size();
  ++size_;
  found->second.stated.push_back(std::move(contribution));
}

void ListTail::Change(absl::string_view list, ChangedContribution change) {
  MutexLock lock(&mutex_);
  const auto [found, is_new] = lists_.try_emplace(list);
  if (is_new) bytes_ += list.size() + kListBytes;
  const size_t steps = change.steps.certain.size() + change.steps.possible.size();
  bytes_ += sizeof(ChangedContribution) + steps * sizeof(KnownStep);
  ++size_;
  last_change_ = std::max(last_change_, change.arrival);
  found->second.changed.push_back(std::move(change));
}

ListTail::Lists ListTail::In(const ListRange& range) const {
  Lists lists;
  MutexLock lock(&mutex_);
  if (range.is_one_list) {
    const auto found = lists_.find(range.begin);
    if (found != lists_.end()) lists.emplace_back(*found);
    return lists;
  }
  for (const auto& list : lists_) {
    if (range.Has(list.first)) lists.emplace_back(list);
  }
  std::sort(lists.begin(), lists.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return lists;
}

bool ListTail::HasStatedAfter(absl::string_view list, Position position) const {
  MutexLock lock(&mutex_);
  const auto found = lists_.find(list);
  if (found == lists_.end() || found->second.stated.empty()) return false;
  return found->second.stated.back().event > position;
}

bool ListTail::HasChanged(absl::string_view list, Position after, Position up_to) const {
  MutexLock lock(&mutex_);
  if (last_change_ <= after) return false;
  const auto found = lists_.find(list);
  if (found == lists_.end()) return false;
  return std::any_of(found->second.changed.begin(), found->second.changed.end(),
                     [&](const ChangedContribution& change) {
                       return change.event <= after && change.arrival > after &&
                              change.arrival <= up_to;
                     });
}

size_t ListTail::size() const {
  MutexLock lock(&mutex_);
  return size_;
}

size_t ListTail::bytes() const {
  MutexLock lock(&mutex_);
  return bytes_;
}

Position ListTail::last_change() const {
  MutexLock lock(&mutex_);
  return last_change_;
}

}  // namespace annals
