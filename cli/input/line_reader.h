// LineReader: numbered lines of a stream, none longer than a limit.
//
//   LineReader lines(&std::cin, LineReader::kMaxLineBytes);
//   while (lines.Next()) Use(lines.number(), lines.line());
//   ANNALS_RETURN_IF_ERROR(lines.status());
#ifndef ANNALS_CLI_INPUT_LINE_READER_H_
#define ANNALS_CLI_INPUT_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

#include "absl/status/status.h"

namespace annals {

// Memory is bounded by the longest line. Not thread-safe; the stream must
// outlive it.
class LineReader {
 public:
  // Far above what an event may hold: beyond it the input is no JSON lines.
  static constexpr size_t kMaxLineBytes = size_t{16} << 20;

  LineReader(std::istream* in, size_t max_line_bytes) : in_(in), max_line_bytes_(max_line_bytes) {}

  // Moves to the next line. False at the end and after an error: see status().
  bool Next();

  // Without its line break, LF or CRLF; valid until the next call of Next().
  const std::string& line() const { return line_; }

  // The first line is 1.
  uint64_t number() const { return number_; }

  // Whether the input ended within the line: it may be cut off.
  bool unterminated() const { return unterminated_; }

  // RESOURCE_EXHAUSTED if a line is too long; it names the line.
  const absl::Status& status() const { return status_; }

 private:
  std::istream* const in_;
  const size_t max_line_bytes_;
  std::string line_;
  uint64_t number_ = 0;
  bool unterminated_ = false;
  absl::Status status_;
};

}  // namespace annals

#endif  // ANNALS_CLI_INPUT_LINE_READER_H_
