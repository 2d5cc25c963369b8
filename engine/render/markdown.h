// Tables as GitHub-flavoured Markdown.
#ifndef ANNALS_ENGINE_RENDER_MARKDOWN_H_
#define ANNALS_ENGINE_RENDER_MARKDOWN_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/render/table.h"

namespace annals {

// Text that shows as it is: pipes, emphasis, code, HTML and links escaped,
// controls visible, one line.
std::string MarkdownText(absl::string_view text);

// Numbers are aligned to the right. No rows: "(nothing)".
void WriteMarkdown(const Table& table, std::ostream& out);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_MARKDOWN_H_
