#include "engine/render/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace annals {
namespace {

// The character at `*offset`, which moves past it; negative for bad bytes.
UChar32 NextCharacter(absl::string_view text, size_t* offset) {
  int32_t at = static_cast<int32_t>(*offset);
  const int32_t size = static_cast<int32_t>(text.size());
  UChar32 character;
  U8_NEXT(text.data(), at, size, character);
  *offset = static_cast<size_t>(at);
  return character;
}

// Controls beyond C0 and DEL, and what reorders or breaks a line unseen.
bool IsHiddenControl(UChar32 c) {
  return (c >= 0x80 && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void AppendUtf8(std::string* text, UChar32 c) {
  char bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  text->append(bytes, static_cast<size_t>(length));
}

std::string MakeVisible(absl::string_view text, bool keep_line_breaks) {
  std::string visible;
  visible.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const size_t begin = offset;
    const UChar32 c = NextCharacter(text, &offset);
    if (c < 0) {
      AppendUtf8(&visible, 0xFFFD);
    } else if (c == '\n' && keep_line_breaks) {
      visible += '\n';
    } else if (c < 0x20) {
      AppendUtf8(&visible, 0x2400 + c);
    } else if (c == 0x7F) {
      AppendUtf8(&visible, 0x2421);
    } else if (IsHiddenControl(c)) {
      absl::StrAppendFormat(&visible, "\\u%04x", static_cast<unsigned>(c));
    } else {
      visible.append(text.data() + begin, offset - begin);
    }
  }
  return visible;
}

size_t CharacterWidth(UChar32 c) {
  if (c < 0) return 1;
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
      return 0;
    default:
      break;
  }
  const int32_t width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// How many bytes of `text` fit into `width` columns; at least one character.
size_t FittingBytes(absl::string_view text, size_t width) {
  size_t used = 0;
  for (size_t offset = 0; offset < text.size();) {
    const size_t begin = offset;
    used += CharacterWidth(NextCharacter(text, &offset));
    if (used > width && begin > 0) return begin;
  }
  return text.size();
}

}  // namespace

std::string Visible(absl::string_view text) { return MakeVisible(text, false); }

std::string VisibleLines(absl::string_view text) { return MakeVisible(text, true); }

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  for (size_t offset = 0; offset < text.size();)
    width += CharacterWidth(NextCharacter(text, &offset));
  return width;
}

std::vector<std::string> WrapText(absl::string_view text, size_t width) {
  std::vector<std::string> lines;
  while (DisplayWidth(text) > width) {
    size_t fits = FittingBytes(text, width);
    size_t next = fits;
    // A line may end right before a space, so the space after it counts too.
    const size_t space = text.substr(0, std::min(fits + 1, text.size())).rfind(' ');
    if (space != absl::string_view::npos && space > 0) {
      fits = space;
      next = space + 1;
    }
    lines.emplace_back(text.substr(0, fits));
    text.remove_prefix(next);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string GroupedNumber(int64_t number) {
  const std::string digits = absl::StrCat(number);
  const size_t sign = number < 0 ? 1 : 0;
  std::string grouped = digits.substr(0, sign);
  for (size_t i = sign; i < digits.size(); ++i) {
    if (i > sign && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string CountOf(uint64_t count, absl::string_view singular, absl::string_view plural) {
  return absl::StrCat(GroupedNumber(static_cast<int64_t>(count)), " ",
                      count == 1 ? singular : plural);
}

}  // namespace annals
