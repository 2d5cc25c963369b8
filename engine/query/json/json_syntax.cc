#include "engine/query/json/json_syntax.h"

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "unicode/utf16.h"
#include "unicode/utf8.h"

namespace annals {
namespace {

// Recursive descent over the text; each method reads one thing.
class SyntaxCheck {
 public:
  explicit SyntaxCheck(absl::string_view json) : json_(json) {}

  absl::Status Text() {
    ANNALS_RETURN_IF_ERROR(Utf8());
    SkipSpace();
    if (AtEnd()) return Error("the text is empty; an object in braces was expected");
    ANNALS_RETURN_IF_ERROR(Value(0));
    SkipSpace();
    if (AtEnd()) return absl::OkStatus();
    return Error(absl::StrCat("after the value's end there is ", Here(),
                              "; write one value, and nothing after it"));
  }

 private:
  absl::Status Utf8() {
    const int64_t size = static_cast<int64_t>(json_.size());
    int64_t end = 0;
    while (end < size) {
      const int64_t begin = end;
      UChar32 c = 0;
      U8_NEXT(json_.data(), end, size, c);
      if (c >= 0) continue;
      at_ = static_cast<size_t>(begin);
      return Error(absl::StrFormat("the byte 0x%02x isn't UTF-8; convert the text to UTF-8",
                                   static_cast<unsigned char>(json_[at_])));
    }
    return absl::OkStatus();
  }

  absl::Status Value(int depth) {
    if (AtEnd()) return Error("the text ends where a value was expected");
    if (json_[at_] == '{') return Object(depth + 1);
    if (json_[at_] == '[') return Array(depth + 1);
    if (json_[at_] == '"') return String().status();
    if (json_[at_] == '-' || absl::ascii_isdigit(json_[at_])) return Number();
    for (const absl::string_view word : {"true", "false", "null"}) {
      if (Take(word)) return absl::OkStatus();
    }
    return Error(absl::StrCat("there is ", Here(), " where a value was expected"));
  }

  absl::Status Object(int depth) {
    ANNALS_RETURN_IF_ERROR(CheckDepth(depth));
    const size_t begin = at_++;
    std::set<std::string> names;
    SkipSpace();
    if (Take("}")) return absl::OkStatus();
    while (true) {
      SkipSpace();
      if (AtEnd()) return Unclosed(begin, "object", "}");
      if (json_[at_] != '"') {
        return Error(
            absl::StrCat("there is ", Here(), " where a name in double quotes was expected"));
      }
      const size_t name_at = at_;
      ANNALS_ASSIGN_OR_RETURN(const std::string name, String());
      if (!names.insert(name).second) {
        at_ = name_at;
        return Error(
            absl::StrCat("the name \"", name, "\" stands twice in one object; keep one of them"));
      }
      SkipSpace();
      if (AtEnd()) return Unclosed(begin, "object", "}");
      if (!Take(":")) return Error(absl::StrCat("there is ", Here(), " where \":\" was expected"));
      SkipSpace();
      if (AtEnd()) return Unclosed(begin, "object", "}");
      ANNALS_RETURN_IF_ERROR(Value(depth));
      SkipSpace();
      if (Take("}")) return absl::OkStatus();
      if (AtEnd()) return Unclosed(begin, "object", "}");
      if (!Take(",")) {
        return Error(absl::StrCat("there is ", Here(), " where \",\" or \"}\" was expected"));
      }
    }
  }

  absl::Status Array(int depth) {
    ANNALS_RETURN_IF_ERROR(CheckDepth(depth));
    const size_t begin = at_++;
    SkipSpace();
    if (Take("]")) return absl::OkStatus();
    while (true) {
      SkipSpace();
      if (AtEnd()) return Unclosed(begin, "array", "]");
      ANNALS_RETURN_IF_ERROR(Value(depth));
      SkipSpace();
      if (Take("]")) return absl::OkStatus();
      if (AtEnd()) return Unclosed(begin, "array", "]");
      if (!Take(",")) {
        return Error(absl::StrCat("there is ", Here(), " where \",\" or \"]\" was expected"));
      }
    }
  }

  // The string without its escapes.
  absl::StatusOr<std::string> String() {
    const size_t begin = at_++;
    std::string text;
    while (!AtEnd()) {
      const char c = json_[at_];
      if (c == '"') {
        ++at_;
        return text;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return Error(absl::StrFormat(
            "the control character 0x%02x stands in a string; write it as \\u%04x", c, c));
      }
      if (c == '\\') {
        ANNALS_RETURN_IF_ERROR(Escape(&text));
      } else {
        text.push_back(c);
        ++at_;
      }
    }
    at_ = begin;
    return Error("the string that begins here has no end; close it with \"");
  }

  absl::Status Escape(std::string* text) {
    static constexpr absl::string_view kEscapes = "\"\\/bfnrt";
    static constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t begin = at_++;
    if (AtEnd()) return Error("the text ends within an escape");
    const size_t kind = kEscapes.find(json_[at_]);
    if (kind != absl::string_view::npos) {
      text->push_back(kMeanings[kind]);
      ++at_;
      return absl::OkStatus();
    }
    if (!Take("u")) {
      at_ = begin;
      return Error("no such escape; a backslash itself is written \\\\");
    }
    ANNALS_ASSIGN_OR_RETURN(UChar32 character, FourHexDigits());
    if (U16_IS_LEAD(character) && Take("\\u")) {
      ANNALS_ASSIGN_OR_RETURN(const UChar32 trail, FourHexDigits());
      if (U16_IS_TRAIL(trail)) character = U16_GET_SUPPLEMENTARY(character, trail);
    }
    if (U_IS_SURROGATE(character)) {
      at_ = begin;
      return Error("half of a surrogate pair; write both halves, or the character itself");
    }
    char bytes[U8_MAX_LENGTH];
    int length = 0;
    U8_APPEND_UNSAFE(bytes, length, character);
    text->append(bytes, length);
    return absl::OkStatus();
  }

  absl::StatusOr<UChar32> FourHexDigits() {
    UChar32 value = 0;
    for (int i = 0; i < 4; ++i) {
      if (AtEnd() || !absl::ascii_isxdigit(json_[at_])) {
        return Error("\\u needs four hexadecimal digits");
      }
      const char digit = absl::ascii_tolower(json_[at_++]);
      value = value * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return value;
  }

  absl::Status Number() {
    const size_t begin = at_;
    Take("-");
    const bool zero = Take("0");
    bool valid = zero || Digits();
    if (Take(".")) valid = Digits() && valid;
    if (Take("e") || Take("E")) {
      if (!Take("+")) Take("-");
      valid = Digits() && valid;
    }
    if (valid && (AtEnd() || !absl::ascii_isalnum(json_[at_]))) return absl::OkStatus();
    at_ = begin;
    return Error("what begins here is no number; write it like 12, -3 or 0.5");
  }

  bool Digits() {
    const size_t begin = at_;
    while (!AtEnd() && absl::ascii_isdigit(json_[at_])) ++at_;
    return at_ > begin;
  }

  absl::Status CheckDepth(int depth) const {
    if (depth <= kMaxJsonDepth) return absl::OkStatus();
    return Error(absl::StrCat("nested deeper than ", kMaxJsonDepth, " objects and arrays"));
  }

  bool AtEnd() const { return at_ == json_.size(); }

  bool Take(absl::string_view token) {
    if (!absl::StartsWith(json_.substr(at_), token)) return false;
    at_ += token.size();
    return true;
  }

  void SkipSpace() {
    while (!AtEnd() && absl::StrContains(" \t\r\n", json_.substr(at_, 1))) ++at_;
  }

  // The character at hand, for a message.
  std::string Here() const {
    if (AtEnd()) return "the end of the text";
    int64_t end = static_cast<int64_t>(at_);
    UChar32 c = 0;
    U8_NEXT(json_.data(), end, static_cast<int64_t>(json_.size()), c);
    if (c < 0x20) return absl::StrFormat("the control character 0x%02x", c);
    return absl::StrCat("'", json_.substr(at_, end - at_), "'");
  }

  absl::Status Unclosed(size_t begin, absl::string_view what, absl::string_view bracket) {
    at_ = begin;
    return Error(absl::StrCat("the ", what,
                              " that begins here has no end: the text is cut off, or a \"", bracket,
                              "\" is missing"));
  }

  absl::Status Error(absl::string_view what) const {
    const absl::string_view before = json_.substr(0, at_);
    const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
    const size_t column = at_ - line_start + 1;
    size_t line = 1;
    for (const char c : before) line += c == '\n';
    const std::string place = line == 1 ? absl::StrCat("column ", column)
                                        : absl::StrCat("line ", line, ", column ", column);
    return absl::InvalidArgumentError(absl::StrCat("JSON, ", place, ": ", what));
  }

  const absl::string_view json_;
  size_t at_ = 0;
};

}  // namespace

absl::Status CheckJsonSyntax(absl::string_view json) { return SyntaxCheck(json).Text(); }

}  // namespace annals
