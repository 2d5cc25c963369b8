#include "engine/index/lists/list_tail.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace annals {
namespace {

// What a new list costs beside its name.
constexpr size_t kListBytes = 40;

constexpr uint32_t kPartLinks = 1'024;

}  // namespace

ListTail::ListTail(size_t expected_lists) : names_(expected_lists) {
  chains_.reserve(expected_lists);
}

uint32_t ListTail::NumberOf(absl::string_view list) {
  const auto [number, is_new] = names_.Add(list);
  if (is_new) {
    chains_.emplace_back();
    bytes_ += list.size() + kListBytes;
  }
  return number;
}

const ListTail::Chain* ListTail::FindChain(absl::string_view list) const {
  const std::optional<uint32_t> number = names_.Find(list);
  return number ? &chains_[*number] : nullptr;
}

const ListTail::Link& ListTail::LinkAt(uint32_t number) const {
  return links_[number / kPartLinks][number % kPartLinks];
}

void ListTail::Prefetch(absl::Span<const uint64_t> hashes, std::vector<uint32_t>* guesses) const {
  guesses->clear();
  MutexLock lock(&mutex_);
  names_.Prefetch(hashes, [&](uint32_t number) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    __builtin_prefetch(&chains_[number]);
    guesses->push_back(number);
  });
}

uint32_t ListTail::State(absl::string_view list, StatedContribution contribution) {
  MutexLock lock(&mutex_);
  bytes_ += sizeof(Link) + contribution.content.size();
  ++size_;
  if (links_.empty() || links_.back().size() == kPartLinks) {
    links_.emplace_back().reserve(kPartLinks);
  }
  const auto link = static_cast<uint32_t>((links_.size() - 1) * kPartLinks + links_.back().size());
  const uint32_t number = NumberOf(list);
  Chain& chain = chains_[number];
  links_.back().push_back({std::move(contribution), number, chain.last});
  chain.last = link;
  ++chain.links;
  return number;
}

uint32_t ListTail::Change(absl::string_view list, ChangedContribution change) {
  MutexLock lock(&mutex_);
  const size_t steps = change.steps.certain.size() + change.steps.possible.size();
  bytes_ += sizeof(ChangedContribution) + steps * sizeof(KnownStep);
  ++size_;
  last_change_ = std::max(last_change_, change.arrival);
  const uint32_t number = NumberOf(list);
  Chain& chain = chains_[number];
  if (chain.changes == kNone) {
    chain.changes = static_cast<uint32_t>(changed_.size());
    changed_.emplace_back();
  }
  changed_[chain.changes].push_back(std::move(change));
  return number;
}

TailList ListTail::Copy(const Chain& chain) const {
  TailList list;
  list.stated.resize(chain.links);
  size_t place = chain.links;
  for (uint32_t at = chain.last; at != kNone; at = LinkAt(at).previous) {
    list.stated[--place] = LinkAt(at).contribution;
  }
  if (chain.changes != kNone) list.changed = changed_[chain.changes];
  return list;
}

ListTail::Lists ListTail::In(const ListRange& range) const {
  Lists lists;
  MutexLock lock(&mutex_);
  if (range.is_one_list) {
    const Chain* const chain = FindChain(range.begin);
    if (chain != nullptr) lists.emplace_back(range.begin, Copy(*chain));
    return lists;
  }
  for (uint32_t number = 0; number < chains_.size(); ++number) {
    const absl::string_view name = names_.name(number);
    if (range.Has(name)) lists.emplace_back(name, Copy(chains_[number]));
  }
  std::sort(lists.begin(), lists.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return lists;
}

// The links' numbers, list by list in the order of `lists`, in each as they came.
// Counted into place: following the chains would wait for memory at each link.
std::vector<uint32_t> ListTail::LinksByList(const std::vector<uint32_t>& lists) const {
  std::vector<uint32_t> next(lists.size());  // By the list's number: where its next one goes.
  uint32_t count = 0;
  for (const uint32_t number : lists) {
    next[number] = count;
    count += chains_[number].links;
  }
  std::vector<uint32_t> order(count);
  uint32_t link = 0;
  for (const std::vector<Link>& part : links_) {
    for (const Link& one : part) order[next[one.list]++] = link++;
  }
  return order;
}

// Nobody else adds meanwhile, so that what is here stays as it is, and readers don't
// have to wait for the visits.
void ListTail::VisitLists(ListVisitor visit) const {
  constexpr size_t kLinksAhead = 16;
  const std::vector<uint32_t> lists = names_.InOrder();
  const std::vector<uint32_t> order = LinksByList(lists);
  std::vector<StatedContribution> stated;  // Of the list at hand; those beyond are spare.
  size_t done = 0;
  for (const uint32_t number : lists) {
    const Chain& chain = chains_[number];
    if (stated.size() < chain.links) stated.resize(chain.links);
    for (size_t i = 0; i < chain.links; ++i, ++done) {
      if (done + kLinksAhead < order.size()) {
        __builtin_prefetch(&LinkAt(order[done + kLinksAhead]).contribution);
      }
      stated[i] = LinkAt(order[done]).contribution;
    }
    absl::Span<const ChangedContribution> changed;
    if (chain.changes != kNone) changed = changed_[chain.changes];
    visit(names_.name(number), absl::MakeConstSpan(stated).first(chain.links), changed);
  }
}

bool ListTail::HasStatedAfter(absl::string_view list, Position position) const {
  MutexLock lock(&mutex_);
  const Chain* const chain = FindChain(list);
  if (chain == nullptr || chain->last == kNone) return false;
  return LinkAt(chain->last).contribution.event > position;
}

bool ListTail::HasChanged(absl::string_view list, Position after, Position up_to) const {
  MutexLock lock(&mutex_);
  if (last_change_ <= after) return false;
  const Chain* const chain = FindChain(list);
  if (chain == nullptr || chain->changes == kNone) return false;
  const std::vector<ChangedContribution>& changed = changed_[chain->changes];
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
  return chains_.size();
}

Position ListTail::last_change() const {
  MutexLock lock(&mutex_);
  return last_change_;
}

}  // namespace annals
