// SortByName: puts many named things in order of their names.
#ifndef ANNALS_ENGINE_BASE_SORT_BY_NAME_H_
#define ANNALS_ENGINE_BASE_SORT_BY_NAME_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

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

// Ascending by name, bytewise. Compares what follows the prefix that all names
// share, eight bytes at a time: keys of one kind rarely differ before that.
template <typename Thing>
void SortByName(std::vector<std::pair<absl::string_view, Thing>>* things) {
  if (things->empty()) return;
  const auto [least, most] =
      std::minmax_element(things->begin(), things->end(),
                          [](const auto& a, const auto& b) { return a.first < b.first; });
  const absl::string_view last = most->first;
  const auto differ =
      std::mismatch(least->first.begin(), least->first.end(), last.begin(), last.end()).first;
  const auto shared = static_cast<size_t>(differ - least->first.begin());
  struct Keyed {
    uint64_t head;
    std::pair<absl::string_view, Thing> thing;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(things->size());
  for (auto& thing : *things) {
    keyed.push_back({NameHead(thing.first.substr(shared)), std::move(thing)});
  }
  std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
    return a.head != b.head ? a.head < b.head : a.thing.first < b.thing.first;
  });
  for (size_t i = 0; i < keyed.size(); ++i) (*things)[i] = std::move(keyed[i].thing);
}

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_SORT_BY_NAME_H_
