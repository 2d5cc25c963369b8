// SortByName: puts many named things in order of their names.
#ifndef ANNALS_ENGINE_BASE_SORT_BY_NAME_H_
#define ANNALS_ENGINE_BASE_SORT_BY_NAME_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annals {

// The first eight bytes as a number that orders as they do; shorter names are as
// if they ended in zeros.
inline uint64_t NameHead(absl::string_view name) {
  uint64_t head = 0;
  for (size_t i = 0; i < sizeof(head); ++i) {
    head = head << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0);
  }
  return head;
}

// A thing to be sorted, with the head of what hasn't been compared of its name.
template <typename Thing>
struct HeadedName {
  uint64_t head;
  std::pair<absl::string_view, Thing> thing;
};

// Sorts what has the first `shared` bytes in common: by the eight after those, and
// each run of equal ones by what follows them.
template <typename Thing>
void SortFrom(size_t shared, absl::Span<HeadedName<Thing>> names) {
  bool all_go_on = true;
  for (auto& [head, thing] : names) {
    head = NameHead(thing.first.substr(std::min(shared, thing.first.size())));
    all_go_on = all_go_on && thing.first.size() >= shared + sizeof(head);
  }
  std::sort(names.begin(), names.end(), [all_go_on](const auto& a, const auto& b) {
    if (a.head != b.head) return a.head < b.head;
    return !all_go_on && a.thing.first < b.thing.first;
  });
  if (!all_go_on) return;
  for (size_t begin = 0; begin < names.size();) {
    size_t end = begin + 1;
    while (end < names.size() && names[end].head == names[begin].head) ++end;
    if (end > begin + 1) SortFrom(shared + sizeof(uint64_t), names.subspan(begin, end - begin));
    begin = end;
  }
}

// How many bytes all names begin with in common.
template <typename Thing>
size_t SharedBytes(const std::vector<std::pair<absl::string_view, Thing>>& things) {
  const absl::string_view first = things.front().first;
  size_t shared = first.size();
  for (const auto& thing : things) {
    const absl::string_view name = thing.first;
    shared = std::min(shared, name.size());
    if (std::memcmp(name.data(), first.data(), shared) == 0) continue;
    shared = std::mismatch(name.begin(), name.begin() + shared, first.begin()).first - name.begin();
  }
  return shared;
}

// Ascending by name, bytewise. Compares numbers made of eight bytes at a time, and
// reaches for the names themselves only where all bytes before are the same.
template <typename Thing>
void SortByName(std::vector<std::pair<absl::string_view, Thing>>* things) {
  if (things->empty()) return;
  const size_t shared = SharedBytes(*things);
  std::vector<HeadedName<Thing>> names;
  names.reserve(things->size());
  for (auto& thing : *things) names.push_back({0, std::move(thing)});
  SortFrom(shared, absl::MakeSpan(names));
  for (size_t i = 0; i < names.size(); ++i) (*things)[i] = std::move(names[i].thing);
}

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_SORT_BY_NAME_H_
