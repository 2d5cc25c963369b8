#include "cli/feed_filter.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

// Adds the full names of the types that are called so.
absl::Status AddTypes(const std::string& called, const v1::ListTypesResponse& types,
                      v1::FeedFilter* filter) {
  std::vector<std::string> names;
  bool found = false;
  for (const v1::EventType& type : types.types()) {
    names.push_back(type.name());
    if (type.name() != called && !absl::EndsWith(type.name(), absl::StrCat(".", called))) continue;
    filter->add_types(type.name());
    found = true;
  }
  if (found) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("there is no event type ", Quoted(called), "; ",
                                          DescribeChoice("the types are", called, names)));
}

void AddCondition(absl::string_view what, const google::protobuf::RepeatedPtrField<std::string>& of,
                  std::vector<std::string>* conditions) {
  if (!of.empty()) conditions->push_back(absl::StrCat(what, " ", absl::StrJoin(of, " or ")));
}

}  // namespace

void AddFilterOptions(CLI::App* command, FilterArguments* arguments) {
  const auto add = [command](const char* name, std::vector<std::string>* values, const char* type,
                             const char* help) {
    command->add_option(name, *values, help)->type_name(type)->allow_extra_args(false);
  };
  add("--stream", &arguments->stream_prefixes, "PREFIX",
      "Of the streams whose names begin so; may be given several times, as the next two");
  add("--type", &arguments->types, "TYPE", "Of this type, such as ReleaseVerified");
  add("--asserter", &arguments->asserters, "ID", "Claimed by this asserter");
}

absl::StatusOr<v1::FeedFilter> ToFilter(const FilterArguments& arguments,
                                        const std::string& timeline, Service* service) {
  v1::FeedFilter filter;
  for (const std::string& prefix : arguments.stream_prefixes) filter.add_stream_prefixes(prefix);
  for (const std::string& asserter : arguments.asserters) filter.add_asserters(asserter);
  if (arguments.types.empty()) return filter;
  v1::ListTypesRequest request;
  request.set_timeline(timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTypesResponse types, service->ListTypes(request));
  for (const std::string& type : arguments.types) {
    ANNALS_RETURN_IF_ERROR(AddTypes(type, types, &filter));
  }
  return filter;
}

std::string FilterInWords(const v1::FeedFilter& filter) {
  std::vector<std::string> conditions;
  AddCondition("stream", filter.stream_prefixes(), &conditions);
  AddCondition("type", filter.types(), &conditions);
  AddCondition("asserter", filter.asserters(), &conditions);
  return absl::StrJoin(conditions, ", ");
}

}  // namespace annals
