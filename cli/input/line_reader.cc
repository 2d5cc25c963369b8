#include "cli/input/line_reader.h"

#include "absl/strings/str_cat.h"

namespace annals {

bool LineReader::Next() {
  using Traits = std::istream::traits_type;
  if (!status_.ok() || unterminated_) return false;
  std::streambuf* const buffer = in_->rdbuf();
  line_.clear();
  for (;;) {
    const Traits::int_type c = buffer->sbumpc();
    if (Traits::eq_int_type(c, Traits::eof())) {
      if (line_.empty()) return false;
      ++number_;
      unterminated_ = true;
      return true;
    }
    if (c == '\n') break;
    if (line_.size() == max_line_bytes_) {
      status_ = absl::ResourceExhaustedError(absl::StrCat("line ", number_ + 1, ": longer than ",
                                                          max_line_bytes_,
                                                          " bytes; one event stands on one line"));
      return false;
    }
    line_ += Traits::to_char_type(c);
  }
  ++number_;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  return true;
}

}  // namespace annals
