#include "engine/query/text_fold.h"

#include <algorithm>

#include "unicode/normalizer2.h"
#include "unicode/stringpiece.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"

namespace annals {
namespace {

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string FoldAscii(absl::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c >= '\t' && c <= '\r') c = ' ';
  }
  return folded;
}

bool IsMark(UChar32 character) {
  const int8_t type = u_charType(character);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
}

// Absent ICU data, the text goes unfolded: a search then finds less, never
// anything wrong.
icu::UnicodeString Normalize(const icu::Normalizer2* form, const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString normalized = form->normalize(text, error);
  return U_SUCCESS(error) ? normalized : text;
}

}  // namespace

std::string FoldText(absl::string_view text) {
  if (IsAscii(text)) return FoldAscii(text);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const case_folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const icu::Normalizer2* const decomposing = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return std::string(text);

  icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  wide = Normalize(decomposing, Normalize(case_folding, wide));
  icu::UnicodeString kept;
  for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 character = wide.char32At(i);
    if (IsMark(character)) continue;
    kept.append(u_isUWhiteSpace(character) ? UChar32{' '} : character);
  }
  std::string folded;
  kept.toUTF8String(folded);
  return folded;
}

}  // namespace annals
