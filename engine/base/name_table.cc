#include "engine/base/name_table.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/base/sort_by_name.h"

namespace annals {
namespace {

constexpr size_t kFewestSlots = 16;

// At least a third of the slots is free.
bool HasRoom(size_t names, size_t slots) { return names * 3 <= slots * 2; }

uint32_t MarkOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

}  // namespace

uint64_t NameTable::HashOf(absl::string_view name) {
  return absl::flat_hash_set<absl::string_view>::hasher()(name);
}

NameTable::NameTable(size_t expected_names) {
  size_t slots = kFewestSlots;
  while (!HasRoom(expected_names, slots)) slots *= 2;
  slots_.resize(slots);
  ends_.reserve(expected_names);
}

absl::string_view NameTable::name(uint32_t number) const {
  const uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return {bytes_.data() + begin, ends_[number] - begin};
}

// Where the name is, or else the free slot where it belongs.
size_t NameTable::FindSlot(absl::string_view name, uint64_t hash) const {
  const size_t last = slots_.size() - 1;
  size_t at = hash & last;
  for (; slots_[at].number_1 != 0; at = (at + 1) & last) {
    if (slots_[at].mark == MarkOf(hash) && this->name(slots_[at].number_1 - 1) == name) break;
  }
  return at;
}

NameTable::Numbered NameTable::Add(absl::string_view name) {
  const uint64_t hash = HashOf(name);
  size_t at = FindSlot(name, hash);
  if (slots_[at].number_1 != 0) return {slots_[at].number_1 - 1, false};
  if (!HasRoom(size() + 1, slots_.size())) {
    Rehash(slots_.size() * 2);
    at = FindSlot(name, hash);
  }
  bytes_.append(name.data(), name.size());
  ends_.push_back(bytes_.size());
  slots_[at] = {MarkOf(hash), static_cast<uint32_t>(size())};
  return {slots_[at].number_1 - 1, true};
}

std::optional<uint32_t> NameTable::Find(absl::string_view name) const {
  const Slot& slot = slots_[FindSlot(name, HashOf(name))];
  return slot.number_1 == 0 ? std::nullopt : std::optional<uint32_t>(slot.number_1 - 1);
}

// Each round needs what the one before has fetched.
void NameTable::Prefetch(absl::Span<const uint64_t> hashes,
                         absl::FunctionRef<void(uint32_t)> guess) const {
  const size_t last = slots_.size() - 1;
  for (const uint64_t hash : hashes) __builtin_prefetch(&slots_[hash & last]);
  const auto for_each_name = [&](auto use) {
    for (const uint64_t hash : hashes) {
      const Slot& slot = slots_[hash & last];
      if (slot.number_1 != 0) use(slot.number_1 - 1);
    }
  };
  for_each_name([&](uint32_t number) { __builtin_prefetch(&ends_[number]); });
  for_each_name([&](uint32_t number) { __builtin_prefetch(name(number).data()); });
  for_each_name(guess);
}

void NameTable::Rehash(size_t slots) {
  slots_.assign(slots, Slot());
  for (uint32_t number = 0; number < size(); ++number) {
    const uint64_t hash = HashOf(name(number));
    size_t at = hash & (slots - 1);
    while (slots_[at].number_1 != 0) at = (at + 1) & (slots - 1);
    slots_[at] = {MarkOf(hash), number + 1};
  }
}

std::vector<uint32_t> NameTable::InOrder() const {
  std::vector<std::pair<absl::string_view, uint32_t>> names;
  names.reserve(size());
  for (uint32_t number = 0; number < size(); ++number) names.emplace_back(name(number), number);
  SortByName(&names);
  std::vector<uint32_t> numbers;
  numbers.reserve(size());
  for (const auto& [name, number] : names) numbers.push_back(number);
  return numbers;
}

}  // namespace annals
