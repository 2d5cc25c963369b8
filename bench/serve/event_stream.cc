#include "bench/serve/event_stream.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace annals::bench {

void EventStreamParser::Feed(absl::string_view bytes, absl::FunctionRef<void(const Item&)> take) {
  while (true) {
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) break;
    if (rest_.empty()) {
      TakeLine(bytes.substr(0, end), take);
    } else {
      rest_.append(bytes.data(), end);
      TakeLine(rest_, take);
      rest_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  rest_.append(bytes.data(), bytes.size());
}

void EventStreamParser::TakeLine(absl::string_view line,
                                 absl::FunctionRef<void(const Item&)> take) {
  if (line.empty()) {
    if (has_fields_) take({.name = name_.empty() ? "message" : name_, .id = id_, .data = data_});
    name_.clear();
    data_.clear();
    has_fields_ = false;
    return;
  }
  if (line.front() == ':') return;  // A comment.
  absl::string_view value = line;
  if (absl::ConsumePrefix(&value, "id:")) {
    if (!absl::SimpleAtoi(value, &id_)) return;
  } else if (absl::ConsumePrefix(&value, "event:")) {
    absl::ConsumePrefix(&value, " ");
    name_.assign(value.data(), value.size());
  } else if (absl::ConsumePrefix(&value, "data:")) {
    absl::ConsumePrefix(&value, " ");
    data_.assign(value.data(), value.size());
  }
  has_fields_ = true;
}

}  // namespace annals::bench
