#include "server/rest/answer.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "engine/render/csv.h"
#include "engine/storage/hash.h"
#include "server/http/negotiation.h"
#include "server/http/target.h"

namespace annals::rest {
namespace {

constexpr absl::string_view kTextWithCharset = "text/plain; charset=utf-8";
constexpr absl::string_view kCsvWithCharset = "text/csv; charset=utf-8; header=present";
constexpr absl::string_view kAYear = "public, max-age=31536000, immutable";

std::string Assignment(const std::string& name, const std::string& value) {
  return absl::StrCat(http::PercentEncode(name), "=", http::PercentEncode(value));
}

std::string InBase64(const std::vector<std::string>& hashes) {
  return absl::StrJoin(hashes, ", ", [](std::string* out, const std::string& hash) {
    absl::StrAppend(out, absl::Base64Escape(hash));
  });
}

http::Response BodyOf(const Answer& answer) {
  switch (answer.form) {
    case Form::kJson:
      return http::Response::Of(http::kJson, absl::StrCat(answer.body, "\n"));
    case Form::kCsv:
      return http::Response::Of(kCsvWithCharset, answer.body);
    case Form::kText:
      break;
  }
  return http::Response::Of(kTextWithCharset, answer.body);
}

}  // namespace

absl::StatusOr<Form> FormOf(const http::Request& request) {
  if (const auto format = request.Query("format")) {
    if (*format == "json") return Form::kJson;
    if (*format == "csv") return Form::kCsv;
    return absl::InvalidArgumentError(absl::StrCat(
        "the format ", Quoted(*format), " is none; ",
        DescribeChoice("the formats are", *format, std::vector<std::string>{"json", "csv"})));
  }
  const absl::string_view offered[] = {http::kJson, http::kCsv};
  ANNALS_ASSIGN_OR_RETURN(const absl::string_view chosen,
                          http::ChooseMediaType(request.headers.Joined("Accept"), offered));
  return chosen == http::kCsv ? Form::kCsv : Form::kJson;
}

std::string ToCsv(const Table& table) {
  std::ostringstream out;
  WriteCsv(table, out);
  return std::move(out).str();
}

std::string TargetWith(const http::Request& request,
                       const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::string> segments;
  for (const std::string& segment : request.path) segments.push_back(http::PercentEncode(segment));
  std::vector<std::string> query;
  for (const http::QueryParameter& parameter : request.query) {
    const bool is_changed = std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
      return change.first == parameter.name;
    });
    if (!is_changed) query.push_back(Assignment(parameter.name, parameter.value));
  }
  for (const auto& [name, value] : changes) query.push_back(Assignment(name, value));
  return absl::StrCat("/", absl::StrJoin(segments, "/"), query.empty() ? "" : "?",
                      absl::StrJoin(query, "&"));
}

http::Response ToResponse(const Answer& answer) {
  http::Response response = BodyOf(answer);
  response.status = answer.status;
  response.headers.AddToList("Vary", "Accept");
  switch (answer.life) {
    case Answer::Life::kPinned:
      response.headers.Set("Cache-Control", kAYear);
      response.headers.Set(
          "ETag", absl::StrCat("\"", storage::ToString(storage::HashBytes(*response.body)), "\""));
      break;
    case Answer::Life::kChanging:
      response.headers.Set("Cache-Control", "no-cache");
      break;
    case Answer::Life::kOnce:
      response.headers.Set("Cache-Control", "no-store");
      break;
  }
  if (answer.form == Form::kCsv && !answer.root_hashes.empty()) {
    response.headers.Set("Annals-Root-Hash", InBase64(answer.root_hashes));
  }
  std::vector<std::string> links;
  if (!answer.canonical.empty()) {
    links.push_back(absl::StrCat("<", answer.canonical, ">; rel=\"canonical\""));
  }
  if (!answer.next.empty()) links.push_back(absl::StrCat("<", answer.next, ">; rel=\"next\""));
  if (!links.empty()) response.headers.Add("Link", absl::StrJoin(links, ", "));
  return response;
}

}  // namespace annals::rest
