// JsonWriter: JSON text, value by value.
#ifndef ANNALS_ENGINE_QUERY_JSON_JSON_WRITER_H_
#define ANNALS_ENGINE_QUERY_JSON_JSON_WRITER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals {

// Calls must nest as JSON does; within an object each value follows a Name. The
// text is always valid UTF-8 and, unless pretty, has no line break. Not
// thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(bool pretty) : pretty_(pretty) {}

  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }

  void Name(absl::string_view name);

  // What isn't UTF-8 becomes U+FFFD. Control characters are escaped, and the
  // line separators that JavaScript and line-based tools stumble over.
  void String(absl::string_view text);

  // A value that is JSON already: a number, true, false, null.
  void Raw(absl::string_view json);

  const std::string& text() const { return text_; }

 private:
  void Begin(char bracket);
  void End(char bracket);
  // What separates an item from the one before it.
  void Separate();
  void BreakLine();
  void AppendQuoted(absl::string_view text);

  const bool pretty_;
  bool named_ = false;           // A name was written; its value comes next.
  std::vector<bool> has_items_;  // Of each open object or array.
  std::string text_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_JSON_JSON_WRITER_H_
