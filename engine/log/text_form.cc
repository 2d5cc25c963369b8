#include "engine/log/text_form.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"

namespace annals {
namespace {

constexpr size_t kQuotedBytes = 200;
constexpr size_t kSha256Digits = 64;

absl::Status Refuse(absl::string_view field, absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(field, " ", Quote(text), ": ", why));
}

// Calls `accept` with every code point in turn. False as soon as it is false, or
// when the bytes are no UTF-8.
template <typename Accept>
bool AllCodePoints(absl::string_view text, const Accept& accept) {
  const int32_t length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0 || !accept(c)) return false;
  }
  return true;
}

// Most text is; then there is no need to look at code points.
bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

bool IsUtf8(absl::string_view text) {
  return IsAscii(text) || AllCodePoints(text, [](UChar32) { return true; });
}

// Unassigned code points pass: what is an id must not depend on the edition of
// Unicode that the program was built with.
bool IsVisible(UChar32 c) {
  constexpr uint32_t kInvisible = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CS_MASK | U_GC_Z_MASK;
  return (U_GET_GC_MASK(c) & kInvisible) == 0;
}

bool IsLowerCaseHex(char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); }

bool IsNameCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

absl::Status CheckUtf8(absl::string_view field, absl::string_view text) {
  if (!IsUtf8(text)) return Refuse(field, text, "is not UTF-8");
  return absl::OkStatus();
}

absl::Status CheckId(absl::string_view field, absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError(absl::StrCat(field, ": is missing"));
  if (text.size() > kMaxIdBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(field, " ", Quote(text), ": has ", text.size(),
                                                     " bytes, and may have ", kMaxIdBytes));
  }
  if (std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) return absl::OkStatus();
  ANNALS_RETURN_IF_ERROR(CheckUtf8(field, text));
  if (!AllCodePoints(text, IsVisible)) {
    return Refuse(field, text, "has a space or an invisible character");
  }
  return absl::OkStatus();
}

absl::Status CheckLowerCaseId(absl::string_view field, absl::string_view text) {
  ANNALS_RETURN_IF_ERROR(CheckId(field, text));
  const bool has_capital = IsAscii(text)
                               ? std::any_of(text.begin(), text.end(), absl::ascii_isupper)
                               : !AllCodePoints(text, [](UChar32 c) { return !u_isupper(c); });
  if (has_capital) {
    return Refuse(field, text, "has a capital letter; write it in lower case");
  }
  return absl::OkStatus();
}

absl::Status CheckTimelineName(absl::string_view text) {
  constexpr absl::string_view kField = "timeline";
  if (text.empty()) return absl::InvalidArgumentError("timeline: is missing");
  if (text.size() > kMaxTimelineNameBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("timeline ", Quote(text), ": has ",
                                                     text.size(), " bytes, and may have ",
                                                     kMaxTimelineNameBytes));
  }
  const bool begins_well = absl::ascii_islower(text[0]) || absl::ascii_isdigit(text[0]);
  if (!begins_well || !std::all_of(text.begin(), text.end(), IsNameCharacter)) {
    return Refuse(kField, text,
                  "a timeline's name has lower-case letters, digits, '.', '_' and '-', and begins "
                  "with a letter or a digit, such as \"rome-44\"");
  }
  return absl::OkStatus();
}

absl::Status CheckSha256(absl::string_view field, absl::string_view text) {
  if (text.size() == kSha256Digits && std::all_of(text.begin(), text.end(), IsLowerCaseHex)) {
    return absl::OkStatus();
  }
  return Refuse(field, text, "a SHA-256 has 64 lower-case hex digits");
}

std::string Quote(absl::string_view text) {
  const bool cut = text.size() > kQuotedBytes;
  const absl::string_view shown = text.substr(0, kQuotedBytes);
  const std::string escaped =
      !cut && IsUtf8(text) ? absl::Utf8SafeCHexEscape(shown) : absl::CHexEscape(shown);
  return absl::StrCat("\"", escaped, cut ? "…" : "", "\"");
}

}  // namespace annals
