#include "server/http/headers.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annals::http {

void Headers::Add(absl::string_view name, absl::string_view value) {
  all_.push_back({std::string(name), std::string(value)});
}

void Headers::Set(absl::string_view name, absl::string_view value) {
  Remove(name);
  Add(name, value);
}

void Headers::Remove(absl::string_view name) {
  std::erase_if(all_, [name](const Header& h) { return absl::EqualsIgnoreCase(h.name, name); });
}

std::optional<absl::string_view> Headers::Find(absl::string_view name) const {
  for (const Header& header : all_) {
    if (absl::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string Headers::Joined(absl::string_view name) const {
  std::string joined;
  for (const Header& header : all_) {
    if (!absl::EqualsIgnoreCase(header.name, name)) continue;
    absl::StrAppend(&joined, joined.empty() ? "" : ", ", header.value);
  }
  return joined;
}

size_t Headers::Count(absl::string_view name) const {
  return std::count_if(all_.begin(), all_.end(), [name](const Header& header) {
    return absl::EqualsIgnoreCase(header.name, name);
  });
}

void Headers::AddToList(absl::string_view name, absl::string_view token) {
  const std::string list = Joined(name);
  for (const absl::string_view present : absl::StrSplit(list, ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(present), token)) return;
  }
  Set(name, list.empty() ? std::string(token) : absl::StrCat(list, ", ", token));
}

bool IsFieldName(absl::string_view name) {
  static constexpr absl::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains(kMarks, c);
  });
}

bool IsFieldValue(absl::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return absl::ascii_iscntrl(c) && c != '\t'; });
}

}  // namespace annals::http
