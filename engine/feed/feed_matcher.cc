#include "engine/feed/feed_matcher.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace annals {
namespace {

using Values = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckValues(absl::string_view field, const Values& values) {
  if (values.size() > kMaxFilterValues) {
    return absl::ResourceExhaustedError(absl::StrCat("filter.", field, " has ", values.size(),
                                                     " values; at most ", kMaxFilterValues));
  }
  for (const std::string& value : values) {
    if (value.empty() || value.size() > kMaxIdBytes) {
      return absl::InvalidArgumentError(absl::StrCat("filter.", field, " has a value of ",
                                                     value.size(), " bytes; 1 to ", kMaxIdBytes));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FeedMatcher> FeedMatcher::FromProto(const v1::FeedFilter& filter) {
  ANNALS_RETURN_IF_ERROR(CheckValues("stream_prefixes", filter.stream_prefixes()));
  ANNALS_RETURN_IF_ERROR(CheckValues("types", filter.types()));
  ANNALS_RETURN_IF_ERROR(CheckValues("asserters", filter.asserters()));
  FeedMatcher matcher;
  matcher.stream_prefixes_.assign(filter.stream_prefixes().begin(), filter.stream_prefixes().end());
  matcher.types_.insert(filter.types().begin(), filter.types().end());
  matcher.asserters_.insert(filter.asserters().begin(), filter.asserters().end());
  return matcher;
}

bool FeedMatcher::Matches(const FeedEvent& event) const {
  if (!types_.empty() && !types_.contains(event.type())) return false;
  if (!asserters_.empty() && !asserters_.contains(event.asserter())) return false;
  return stream_prefixes_.empty() || std::any_of(stream_prefixes_.begin(), stream_prefixes_.end(),
                                                 [&](const std::string& prefix) {
                                                   return absl::StartsWith(event.stream(), prefix);
                                                 });
}

}  // namespace annals
