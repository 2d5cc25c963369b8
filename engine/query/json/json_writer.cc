#include "engine/query/json/json_writer.h"

#include <cstdint>

#include "absl/strings/str_format.h"
#include "unicode/utf8.h"

namespace annals {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// DEL, the C1 controls and the two Unicode line separators are legal in JSON,
// but terminals and line-based tools act on them.
bool NeedsEscape(UChar32 c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

void AppendEscaped(UChar32 c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      absl::StrAppendFormat(out, "\\u%04x", c);
  }
}

}  // namespace

void JsonWriter::AppendQuoted(absl::string_view text) {
  text_.push_back('"');
  const char* const bytes = text.data();
  const int64_t size = static_cast<int64_t>(text.size());
  int64_t end = 0;
  while (end < size) {
    const int64_t begin = end;
    UChar32 c = 0;
    U8_NEXT(bytes, end, size, c);
    if (c < 0) {
      text_.append(kReplacement);
    } else if (c == '"' || c == '\\' || NeedsEscape(c)) {
      AppendEscaped(c, &text_);
    } else {
      text_.append(bytes + begin, end - begin);
    }
  }
  text_.push_back('"');
}

void JsonWriter::BreakLine() {
  text_.push_back('\n');
  text_.append(2 * has_items_.size(), ' ');
}

void JsonWriter::Separate() {
  if (named_) {
    named_ = false;
    return;
  }
  if (has_items_.empty()) return;
  if (has_items_.back()) text_.append(pretty_ ? "," : ", ");
  has_items_.back() = true;
  if (pretty_) BreakLine();
}

void JsonWriter::Begin(char bracket) {
  Separate();
  text_.push_back(bracket);
  has_items_.push_back(false);
}

void JsonWriter::End(char bracket) {
  const bool had_items = has_items_.back();
  has_items_.pop_back();
  if (pretty_ && had_items) BreakLine();
  text_.push_back(bracket);
}

void JsonWriter::Name(absl::string_view name) {
  Separate();
  AppendQuoted(name);
  text_.append(": ");
  named_ = true;
}

void JsonWriter::String(absl::string_view text) {
  Separate();
  AppendQuoted(text);
}

void JsonWriter::Raw(absl::string_view json) {
  Separate();
  text_.append(json.data(), json.size());
}

}  // namespace annals
