// ListRange: which lists of contributions to read, and from where on.
#ifndef ANNALS_ENGINE_INDEX_LISTS_LIST_RANGE_H_
#define ANNALS_ENGINE_INDEX_LISTS_LIST_RANGE_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/position.h"

namespace annals {

// The lists in [begin, end), an empty end being none; of each, the contributions
// of events after `after`. A value.
struct ListRange {
  std::string begin;
  std::string end;
  bool is_one_list = false;  // `begin`, and no other.
  Position after;            // Not 0 only for one list.

  bool Has(absl::string_view list) const {
    return is_one_list ? list == begin : list >= begin && (end.empty() || list < end);
  }

  static ListRange OneList(std::string list, Position after = {}) {
    std::string end = PrefixEnd(list);
    return {std::move(list), std::move(end), true, after};
  }
  static ListRange WithPrefix(std::string prefix) {
    std::string end = PrefixEnd(prefix);
    return {std::move(prefix), std::move(end)};
  }
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_LIST_RANGE_H_
