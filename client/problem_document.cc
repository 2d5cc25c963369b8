#include "client/problem_document.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace annals {
namespace {

constexpr absl::string_view kProblemJson = "application/problem+json";

// "NOT_FOUND" and so on, as Status itself writes them.
std::optional<absl::StatusCode> CodeNamed(absl::string_view name) {
  constexpr int kLastCode = static_cast<int>(absl::StatusCode::kUnauthenticated);
  for (int number = 1; number <= kLastCode; ++number) {
    const auto code = static_cast<absl::StatusCode>(number);
    if (absl::StatusCodeToString(code) == name) return code;
  }
  return std::nullopt;
}

std::string Member(const google::protobuf::Struct& document, const char* name) {
  const auto found = document.fields().find(name);
  return found == document.fields().end() ? "" : found->second.string_value();
}

}  // namespace

absl::Status StatusOfProblem(int http_status, absl::string_view content_type,
                             absl::string_view body, absl::string_view server) {
  google::protobuf::Struct document;
  const bool is_problem =
      content_type == kProblemJson &&
      google::protobuf::util::JsonStringToMessage(std::string(body), &document).ok();
  const std::optional<absl::StatusCode> code = CodeNamed(Member(document, "code"));
  if (is_problem && code.has_value()) return absl::Status(*code, Member(document, "detail"));
  const std::string answered =
      absl::StrCat("the server at ", server, " answers with ", http_status);
  switch (http_status) {
    case 401:
    case 407:
      return absl::UnauthenticatedError(absl::StrCat(answered, ": it asks who you are"));
    case 403:
      return absl::PermissionDeniedError(absl::StrCat(answered, ": it refuses"));
    case 413:
    case 429:
      return absl::ResourceExhaustedError(absl::StrCat(answered, ": that is too much for it"));
    case 502:
    case 503:
    case 504:
      return absl::UnavailableError(
          absl::StrCat(answered, ": what answers there can't reach it, or it is busy; try again"));
    default:
      return absl::FailedPreconditionError(
          absl::StrCat(answered, " and not as Annals does; is that an Annals server?"));
  }
}

}  // namespace annals
