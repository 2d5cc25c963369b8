// The options that say which events a feed is about.
#ifndef ANNALS_CLI_FEED_FILTER_H_
#define ANNALS_CLI_FEED_FILTER_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "engine/service/service.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// As they were given. Values of one option are alternatives.
struct FilterArguments {
  std::vector<std::string> stream_prefixes;
  std::vector<std::string> types;  // Full names, or their last parts.
  std::vector<std::string> asserters;

  bool IsEmpty() const { return stream_prefixes.empty() && types.empty() && asserters.empty(); }
};

// Adds --stream, --type and --asserter.
void AddFilterOptions(CLI::App* command, FilterArguments* arguments);

// NOT_FOUND if the timeline has no such type; ListTypes' errors. Asks nothing if no
// type is named.
absl::StatusOr<v1::FeedFilter> ToFilter(const FilterArguments& arguments,
                                        const std::string& timeline, Service* service);

// "streams below …, of type …"; empty: every event.
std::string FilterInWords(const v1::FeedFilter& filter);

}  // namespace annals

#endif  // ANNALS_CLI_FEED_FILTER_H_
