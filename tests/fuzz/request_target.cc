// A request's target, and what /v1 reads from its query.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/annals/v1/service.pb.h"
#include "server/http/target.h"
#include "server/rest/parameters.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;

// What was read, written by PercentEncode.
std::string Rewritten(const http::Target& target) {
  std::string text;
  for (const std::string& segment : target.path) {
    absl::StrAppend(&text, "/", http::PercentEncode(segment));
  }
  char mark = '?';
  for (const http::QueryParameter& parameter : target.query) {
    text.push_back(mark);
    mark = '&';
    absl::StrAppend(&text, http::PercentEncode(parameter.name), "=",
                    http::PercentEncode(parameter.value));
  }
  return text;
}

void ReadParameters(const http::Target& target) {
  http::Request request;
  request.query = target.query;
  const absl::StatusOr<rest::Parameters> parameters = rest::Parameters::Read(
      request, {"valid", "known", "position", "limit", "page_size"}, {"key"});
  if (!parameters.ok()) {
    Require(parameters.status().code() == absl::StatusCode::kInvalidArgument,
            "parameters are refused as invalid");
    return;
  }
  v1::AsOfQuestion question;
  if (parameters->ReadQuestion({}, &question).ok() && question.has_position()) {
    Require(parameters->Text("position").has_value(), "a position is one that was sent");
  }
  const auto limit = parameters->Number("limit", 10'000);
  Require(!limit.ok() || limit->value_or(0) <= 10'000, "a number keeps its limit");
  Require(parameters->Texts("key").size() <= request.query.size(), "no key is invented");
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<annals::http::Target> target = annals::http::ParseTarget(text);
  if (!target.ok()) return 0;
  annals::ReadParameters(*target);
  if (text == "*") return 0;
  const absl::StatusOr<annals::http::Target> again =
      annals::http::ParseTarget(annals::Rewritten(*target));
  annals::fuzz::Require(again.ok(), "what was read can be written");
  annals::fuzz::Require(again->path == target->path, "the same path comes back");
  annals::fuzz::Require(again->query == target->query, "the same query comes back");
  return 0;
}
