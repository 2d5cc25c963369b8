// FeedMatcher: decides which events a feed is about.
#ifndef ANNALS_ENGINE_FEED_FEED_MATCHER_H_
#define ANNALS_ENGINE_FEED_FEED_MATCHER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "engine/feed/feed_event.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

inline constexpr int kMaxFilterValues = 100;

// A v1.FeedFilter, ready to be asked often. An immutable value.
class FeedMatcher {
 public:
  // Everything matches.
  FeedMatcher() = default;

  // INVALID_ARGUMENT, naming the field, if a value is empty or too long;
  // RESOURCE_EXHAUSTED if a field has more than kMaxFilterValues.
  static absl::StatusOr<FeedMatcher> FromProto(const v1::FeedFilter& filter);

  // Costs a comparison for each stream prefix at most.
  bool Matches(const FeedEvent& event) const;

 private:
  std::vector<std::string> stream_prefixes_;
  absl::flat_hash_set<std::string> types_;
  absl::flat_hash_set<std::string> asserters_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_FEED_MATCHER_H_
