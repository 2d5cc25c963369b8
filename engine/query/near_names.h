// What a mistyped name may have meant, for messages.
#ifndef ANNALS_ENGINE_QUERY_NEAR_NAMES_H_
#define ANNALS_ENGINE_QUERY_NEAR_NAMES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals {

// The name between quotes, as messages show it.
std::string Quoted(absl::string_view name);

// At most `limit` of `names` that resemble `asked`, the nearest first: one
// contains the other, or at most a third of the characters must be changed.
// Case and accents don't count. Costs the names' length times `asked`'s.
std::vector<std::string> NearNames(absl::string_view asked, const std::vector<std::string>& names,
                                   size_t limit);

// `did you mean "freed"? The views are "freed", "jailed"`: all of `names`, in
// the given order. Only for names that are few.
std::string DescribeChoice(absl::string_view introduction, absl::string_view asked,
                           const std::vector<std::string>& names);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_NEAR_NAMES_H_
