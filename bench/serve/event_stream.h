// EventStreamParser: takes Server-Sent Events out of the bytes of a response body.
#ifndef ANNALS_BENCH_SERVE_EVENT_STREAM_H_
#define ANNALS_BENCH_SERVE_EVENT_STREAM_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace annals::bench {

// As the WHATWG's HTML standard has it, as far as a server's tests need: lines end
// with a line feed, and an event's data is of no interest. Not thread-safe.
class EventStreamParser {
 public:
  struct Item {
    absl::string_view name;  // "message" unless the stream says otherwise.
    uint64_t id = 0;         // Of this event or the last one that had any.
    absl::string_view data;  // Its last line of data.
  };
  // Calls `take` for each event that is whole by now; its text is valid during that.
  void Feed(absl::string_view bytes, absl::FunctionRef<void(const Item&)> take);

 private:
  void TakeLine(absl::string_view line, absl::FunctionRef<void(const Item&)> take);

  std::string rest_;  // Of a line whose end has not come.
  std::string name_;
  std::string data_;
  uint64_t id_ = 0;
  bool has_fields_ = false;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_EVENT_STREAM_H_
