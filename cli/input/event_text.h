// Events in files: text protos that people edit, and JSON lines that programs
// write.
#ifndef ANNALS_CLI_INPUT_EVENT_TEXT_H_
#define ANNALS_CLI_INPUT_EVENT_TEXT_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

enum class InputFormat { kJsonLines, kTextProto };

// An event, and the line that it begins on.
struct LocatedEvent {
  v1::Event event;
  uint64_t line = 0;
};

// Events in the order of a source, whatever its format. Not thread-safe.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // Moves to the next event. False at the end and after an error.
  virtual bool Next(LocatedEvent* event) = 0;

  // INVALID_ARGUMENT says what is wrong and where: "FILE:LINE:COLUMN: …" in a
  // text proto, "FILE:LINE: …" in JSON lines (a last line that is cut off
  // included). RESOURCE_EXHAUSTED beyond a limit.
  virtual absl::Status status() const = 0;

  // How a message names the place of an event: "facts.jsonl:12", or "line 12"
  // when the source has no name.
  virtual std::string Place(uint64_t line) const = 0;
};

// One JSON object a line; empty lines are passed over. Holds one line at a time.
// The stream must outlive it. `name` stands in messages; "" for standard input.
std::unique_ptr<EventSource> ReadJsonLines(std::istream* in, std::string name);

// A whole annals.v1.EventFile; an event without a timeline gets the file's. All
// of it is read, at most kMaxTextProtoBytes: beyond, JSON lines are the form.
inline constexpr size_t kMaxTextProtoBytes = size_t{256} << 20;
std::unique_ptr<EventSource> ReadTextProto(std::istream* in, std::string name);

// By the first character that is no white space, which stays in the stream: "{"
// begins JSON lines, anything else a text proto.
InputFormat DetectFormat(std::istream* in);

}  // namespace annals

#endif  // ANNALS_CLI_INPUT_EVENT_TEXT_H_
