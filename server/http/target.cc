#include "server/http/target.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"

namespace annals::http {
namespace {

absl::Status Refuse(absl::string_view text, absl::string_view why) {
  constexpr size_t kShown = 80;
  return absl::InvalidArgumentError(absl::StrCat(
      "the target has \"", absl::CHexEscape(text.substr(0, kShown)), "\", which ", why));
}

bool IsUtf8(absl::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return false;
  }
  return true;
}

// By the byte: every request has a target.
constexpr std::array<bool, 256> kUriCharacters = [] {
  std::array<bool, 256> characters = {};
  for (size_t c = '!'; c <= '~'; ++c) characters[c] = true;
  for (const unsigned char c : {'"', '<', '>', '\\', '^', '`', '{', '|', '}', '#'}) {
    characters[c] = false;
  }
  return characters;
}();

bool IsUriCharacter(char c) { return kUriCharacters[static_cast<unsigned char>(c)]; }

absl::StatusOr<std::vector<std::string>> ParsePath(absl::string_view path) {
  std::vector<std::string> segments;
  for (const absl::string_view encoded : absl::StrSplit(path.substr(1), '/')) {
    absl::StatusOr<std::string> segment = PercentDecode(encoded, PlusSign::kIsPlus);
    if (!segment.ok()) return segment.status();
    if (*segment == "." || *segment == "..") return Refuse(path, "has a relative segment");
    segments.push_back(*std::move(segment));
  }
  return segments;
}

absl::StatusOr<std::vector<QueryParameter>> ParseQuery(absl::string_view query) {
  std::vector<QueryParameter> parameters;
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    QueryParameter parameter;
    ANNALS_ASSIGN_OR_RETURN(parameter.name, PercentDecode(halves.first, PlusSign::kIsSpace));
    ANNALS_ASSIGN_OR_RETURN(parameter.value, PercentDecode(halves.second, PlusSign::kIsSpace));
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

// What stands before the path of a target in absolute form is taken off it.
absl::Status TakeAuthority(absl::string_view* target, std::string* authority) {
  const size_t scheme = target->find("://");
  const absl::string_view name = target->substr(0, scheme == target->npos ? 0 : scheme);
  if (!absl::EqualsIgnoreCase(name, "http") && !absl::EqualsIgnoreCase(name, "https")) {
    return Refuse(*target, "begins with neither / nor http://");
  }
  target->remove_prefix(scheme + 3);
  const size_t end = std::min(target->find_first_of("/?"), target->size());
  *authority = std::string(target->substr(0, end));
  if (authority->empty() || absl::StrContains(*authority, '@')) {
    return Refuse(*target, "needs a host without a user");
  }
  target->remove_prefix(end);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> PercentDecode(absl::string_view encoded, PlusSign plus) {
  std::string decoded;
  decoded.reserve(encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i];
    if (c == '+' && plus == PlusSign::kIsSpace) c = ' ';
    if (c == '%') {
      const absl::string_view digits = encoded.substr(i + 1, 2);
      if (digits.size() < 2 || !absl::ascii_isxdigit(digits[0]) ||
          !absl::ascii_isxdigit(digits[1])) {
        return Refuse(encoded, "has a % without two hexadecimal digits");
      }
      c = absl::HexStringToBytes(digits)[0];
      i += 2;
    }
    if (absl::ascii_iscntrl(c)) return Refuse(encoded, "decodes to a control character");
    decoded.push_back(c);
  }
  if (!IsUtf8(decoded)) return Refuse(encoded, "is not UTF-8");
  return decoded;
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~", c)) {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

absl::StatusOr<Target> ParseTarget(absl::string_view target) {
  if (!std::all_of(target.begin(), target.end(), IsUriCharacter)) {
    return Refuse(target, "has bytes that a URI can't have");
  }
  Target parsed;
  if (target == "*") return parsed;
  if (!absl::StartsWith(target, "/")) {
    ANNALS_RETURN_IF_ERROR(TakeAuthority(&target, &parsed.authority));
  }
  const size_t question = std::min(target.find('?'), target.size());
  const absl::string_view path = question == 0 ? "/" : target.substr(0, question);
  ANNALS_ASSIGN_OR_RETURN(parsed.path, ParsePath(path));
  if (question < target.size()) {
    ANNALS_ASSIGN_OR_RETURN(parsed.query, ParseQuery(target.substr(question + 1)));
  }
  return parsed;
}

}  // namespace annals::http
