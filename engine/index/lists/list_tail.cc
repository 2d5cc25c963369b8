#include "engine/index/lists/list_tail.h"

#include <algorithm>

#include "engine/base/sort_by_name.h"

namespace annals {
namespace {

// What a new list costs beside its name.
constexpr size_t kListBytes = 96;

constexpr uint32_t kPartLinks = 1'024;

}  // namespace

ListTail::ListTail(size_t expected_lists) { names_.reserve(expected_lists); }

ListTail::Chain& ListTail::ChainOf(absl::string_view list) {
  const auto [found, is_new] = names_.try_emplace(list);
  if (is_new) bytes_ += list.size() + kListBytes;
  return found->second;
}

ListTail::Link& ListTail::LinkAt(uint32_t number) {
  return links_[number / kPartLinks][number % kPartLinks];
}

const ListTail::Link& ListTail::LinkAt(uint32_t number) const {
  return links_[number / kPartLinks][number % kPartLinks];
}

void ListTail::State(absl::string_view list, StatedContribution contribution) {
  MutexLock lock(&mutex_);
  bytes_ += sizeof(Link) + contribution.content.size();
  ++size_;
  if (links_.empty() || links_.back().size() == kPartLinks) {
    links_.emplace_back().reserve(kPartLinks);
  }
  const auto number =
      static_cast<uint32_t>((links_.size() - 1) * kPartLinks + links_.back().size());
  links_.back().push_back({std::move(contribution)});
  Chain& chain = ChainOf(list);
  (chain.last == kNone ? chain.first : LinkAt(chain.last).next) = number;
  chain.last = number;
  ++chain.links;
}

void ListTail::Change(absl::string_view list, ChangedContribution change) {
  MutexLock lock(&mutex_);
  const size_t steps = change.steps.certain.size() + change.steps.possible.size();
  bytes_ += sizeof(ChangedContribution) + steps * sizeof(KnownStep);
  ++size_;
  last_change_ = std::max(last_change_, change.arrival);
  Chain& chain = ChainOf(list);
  if (chain.changes == kNone) {
    chain.changes = static_cast<uint32_t>(changed_.size());
    changed_.emplace_back();
  }
  changed_[chain.changes].push_back(std::move(change));
}

TailList ListTail::Copy(const Chain& chain) const {
  TailList list;
  list.stated.reserve(chain.links);
  for (uint32_t at = chain.first; at != kNone; at = LinkAt(at).next) {
    list.stated.push_back(LinkAt(at).contribution);
  }
  if (chain.changes != kNone) list.changed = changed_[chain.changes];
  return list;
}

ListTail::Lists ListTail::In(const ListRange& range) const {
  Lists lists;
  MutexLock lock(&mutex_);
  if (range.is_one_list) {
    const auto found = names_.find(range.begin);
    if (found != names_.end()) lists.emplace_back(found->first, Copy(found->second));
    return lists;
  }
  for (const auto& [name, chain] : names_) {
    if (range.Has(name)) lists.emplace_back(name, Copy(chain));
  }
  std::sort(lists.begin(), lists.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return lists;
}

std::vector<std::pair<absl::string_view, ListTail::Chain>> ListTail::SortedNames() const {
  std::vector<std::pair<absl::string_view, Chain>> sorted;
  {
    MutexLock lock(&mutex_);
    sorted.assign(names_.begin(), names_.end());
  }
  SortByName(&sorted);
  return sorted;
}

// Nobody else adds meanwhile, so that names stay where they are.
void ListTail::VisitLists(ListVisitor visit) const {
  for (const auto& [name, chain] : SortedNames()) {
    const TailList list = [&, &chain = chain] {
      MutexLock lock(&mutex_);
      return Copy(chain);
    }();
    visit(name, list.stated, list.changed);
  }
}

bool ListTail::HasStatedAfter(absl::string_view list, Position position) const {
  MutexLock lock(&mutex_);
  const auto found = names_.find(list);
  if (found == names_.end() || found->second.last == kNone) return false;
  return LinkAt(found->second.last).contribution.event > position;
}

bool ListTail::HasChanged(absl::string_view list, Position after, Position up_to) const {
  MutexLock lock(&mutex_);
  if (last_change_ <= after) return false;
  const auto found = names_.find(list);
  if (found == names_.end() || found->second.changes == kNone) return false;
  const std::vector<ChangedContribution>& changed = changed_[found->second.changes];
  return std::any_of(changed.begin(), changed.end(), [&](const ChangedContribution& change) {
    return change.event <= after && change.arrival > after && change.arrival <= up_to;
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

size_t ListTail::lists() const {
  MutexLock lock(&mutex_);
  return names_.size();
}

Position ListTail::last_change() const {
  MutexLock lock(&mutex_);
  return last_change_;
}

}  // namespace annals
