#include "engine/query/near_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/query/text_fold.h"

namespace annals {
namespace {

// Levenshtein's distance, row by row.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

bool OneContainsTheOther(absl::string_view asked, absl::string_view name) {
  constexpr size_t kTelling = 3;  // Shorter names are part of too much.
  return absl::StrContains(name, asked) ||
         (name.size() >= kTelling && absl::StrContains(asked, name));
}

// The distance if the names resemble each other. What differs too much in
// length isn't compared, so that a long list costs little.
std::optional<size_t> Resemblance(absl::string_view asked, absl::string_view name) {
  const size_t shorter = std::min(asked.size(), name.size());
  const size_t longer = std::max(asked.size(), name.size());
  const size_t allowed = std::max<size_t>(1, longer / 3);
  if (OneContainsTheOther(asked, name)) return EditDistance(asked, name);
  if (longer - shorter > allowed) return std::nullopt;
  const size_t distance = EditDistance(asked, name);
  return distance <= allowed ? std::optional<size_t>(distance) : std::nullopt;
}

std::string QuotedList(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, Quoted(name));
  });
}

}  // namespace

std::string Quoted(absl::string_view name) { return absl::StrCat("\"", name, "\""); }

std::vector<std::string> NearNames(absl::string_view asked, const std::vector<std::string>& names,
                                   size_t limit) {
  // Nobody mistypes a name so; comparing would cost its length times the names'.
  constexpr size_t kLongestName = 256;
  if (asked.size() > kLongestName) return {};
  const std::string wanted = FoldText(asked);
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& name : names) {
    const std::optional<size_t> distance = Resemblance(wanted, FoldText(name));
    if (distance) near.emplace_back(*distance, name);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > limit) near.resize(limit);
  std::vector<std::string> nearest;
  for (auto& [distance, name] : near) nearest.push_back(std::move(name));
  return nearest;
}

std::string DescribeChoice(absl::string_view introduction, absl::string_view asked,
                           const std::vector<std::string>& names) {
  if (names.empty()) return absl::StrCat(introduction, ": none");
  const std::vector<std::string> near = NearNames(asked, names, 1);
  if (near.empty() || asked.empty()) return absl::StrCat(introduction, " ", QuotedList(names));
  std::string sentence(introduction);
  sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  return absl::StrCat("did you mean ", Quoted(near.front()), "? ", sentence, " ",
                      QuotedList(names));
}

}  // namespace annals
