// Text on a terminal or a page: how wide it is, and made safe to show.
#ifndef ANNALS_ENGINE_RENDER_TEXT_H_
#define ANNALS_ENGINE_RENDER_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals {

// Whatever an event says, it must not move the cursor, colour the screen or
// reorder a line: C0 controls become their pictures (ESC is "␛", a line break
// "␊"), C1 controls, bidirectional overrides and line separators are written
// out ("\u009b"), and bytes that are no UTF-8 become "�".
std::string Visible(absl::string_view text);

// As Visible(), but line breaks stay: for messages of several lines.
std::string VisibleLines(absl::string_view text);

// Columns on a terminal: combining marks take none, wide characters two.
size_t DisplayWidth(absl::string_view text);

// `text` in lines of at most `width` columns, broken at spaces where there are
// any and between characters where there are none. At least one line.
std::vector<std::string> WrapText(absl::string_view text, size_t width);

// "1,234,567", "-12".
std::string GroupedNumber(int64_t number);

// "1 event", "2,000 events".
std::string CountOf(uint64_t count, absl::string_view singular, absl::string_view plural);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_TEXT_H_
