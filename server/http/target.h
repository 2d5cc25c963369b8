// ParseTarget: a request's target, taken apart and decoded strictly.
#ifndef ANNALS_SERVER_HTTP_TARGET_H_
#define ANNALS_SERVER_HTTP_TARGET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::http {

struct QueryParameter {
  std::string name;
  std::string value;

  bool operator==(const QueryParameter&) const = default;
};

struct Target {
  // "/v1/a%2Fb" is {"v1", "a/b"}; "/" is {""}; "*" is {}.
  std::vector<std::string> path;
  // In order; a name may come more than once.
  std::vector<QueryParameter> query;
  // The authority of a target in absolute form; otherwise empty.
  std::string authority;
};

// Origin form ("/a?b=c"), absolute form ("http://host/a") or "*". Returns
// INVALID_ARGUMENT for anything else: bytes that a URI can't have, fragments,
// broken percent-encoding, "." and "..", and whatever decodes to control
// characters or isn't UTF-8.
absl::StatusOr<Target> ParseTarget(absl::string_view target);

// The bytes that "%41%42" stands for; in a query "+" is a space. Returns
// INVALID_ARGUMENT as above.
enum class PlusSign { kIsPlus, kIsSpace };
absl::StatusOr<std::string> PercentDecode(absl::string_view encoded, PlusSign plus);

// For a path segment or a query: everything but unreserved characters as %XX.
std::string PercentEncode(absl::string_view text);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_TARGET_H_
