#include "server/http/negotiation.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/http/http_status.h"

namespace annals::http {
namespace {

// "0.25" is 250; -1 for what is no weight.
int ParseWeight(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() > 2 || parts[0].size() != 1 || (parts[0] != "0" && parts[0] != "1")) return -1;
  std::string thousandths(parts.size() == 2 ? parts[1] : absl::string_view());
  if (thousandths.size() > 3 ||
      !std::all_of(thousandths.begin(), thousandths.end(), absl::ascii_isdigit)) {
    return -1;
  }
  thousandths.resize(3, '0');
  const int fraction =
      100 * (thousandths[0] - '0') + 10 * (thousandths[1] - '0') + (thousandths[2] - '0');
  return std::min(1000, (parts[0] == "1" ? 1000 : 0) + fraction);
}

// How closely a member fits a media type: 3 exactly, 2 "text/*", 1 "*/*", 0 not.
int Closeness(absl::string_view member, absl::string_view type) {
  if (member == type) return 3;
  if (member == "*/*") return 1;
  return absl::EndsWith(member, "/*") && absl::StartsWith(type, member.substr(0, member.size() - 1))
             ? 2
             : 0;
}

int WeightOf(absl::string_view type, const std::vector<Preference>& preferences) {
  int closest = 0;
  int weight = 0;
  for (const Preference& preference : preferences) {
    const int closeness = Closeness(preference.what, type);
    if (closeness <= closest) continue;
    closest = closeness;
    weight = preference.weight;
  }
  return weight;
}

}  // namespace

std::vector<Preference> ParsePreferences(absl::string_view header) {
  std::vector<Preference> preferences;
  for (const absl::string_view member : absl::StrSplit(header, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(member, ';');
    Preference preference;
    preference.what = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
    for (const absl::string_view part : absl::MakeConstSpan(parts).subspan(1)) {
      const absl::string_view parameter = absl::StripAsciiWhitespace(part);
      if (!absl::StartsWithIgnoreCase(parameter, "q=")) continue;
      preference.weight = ParseWeight(parameter.substr(2));
    }
    if (preference.what.empty() || preference.weight < 0) continue;
    preferences.push_back(std::move(preference));
  }
  return preferences;
}

absl::StatusOr<absl::string_view> ChooseMediaType(absl::string_view accept,
                                                  absl::Span<const absl::string_view> offered) {
  if (absl::StripAsciiWhitespace(accept).empty()) return offered.front();
  const std::vector<Preference> preferences = ParsePreferences(accept);
  absl::string_view best;
  int best_weight = 0;
  for (const absl::string_view type : offered) {
    const int weight = WeightOf(type, preferences);
    if (weight <= best_weight) continue;
    best = type;
    best_weight = weight;
  }
  if (best_weight > 0) return best;
  constexpr size_t kShown = 100;
  return WithHttpStatus(absl::InvalidArgumentError(
                            absl::StrCat("Accept \"", absl::CHexEscape(accept.substr(0, kShown)),
                                         "\" is met by none of ", absl::StrJoin(offered, ", "))),
                        406);
}

std::string MediaType(absl::string_view content_type) {
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
}

}  // namespace annals::http
