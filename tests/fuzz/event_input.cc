// Events in files: text protos that people edit, JSON lines that programs write. An
// event that was read comes back from its JSON, byte by byte.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>

#include "cli/input/event_text.h"
#include "engine/query/json/json.h"
#include "google/protobuf/stubs/logging.h"
#include "proto/venezuela/v1/capture.pb.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;

void ReadBack(const v1::Event& event) {
  const absl::StatusOr<std::string> json = EventToJson(event, {});
  if (!json.ok()) return;
  const absl::StatusOr<v1::Event> again = EventFromJson(*json);
  Require(again.ok(), "an event that was written can be read: " + again.status().ToString());
  Require(EventToJson(*again, {}).value_or("") == *json, "and is the same: " + *json);
}

void ReadAll(EventSource* source, bool is_json) {
  LocatedEvent located;
  uint64_t line = 0;
  while (source->Next(&located)) {
    Require(located.line >= line, "lines go forward");
    line = located.line;
    // What people write may hold what JSON can't say; the log refuses that.
    if (is_json) ReadBack(located.event);
  }
  const absl::Status status = source->status();
  Require(status.ok() || status.code() == absl::StatusCode::kInvalidArgument,
          "a file is refused as invalid: " + status.ToString());
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const google::protobuf::LogSilencer silence;
  // So that its types are linked in.
  static const auto* const domain = venezuela::v1::MaduroCaptured::descriptor();
  if (domain == nullptr) return 0;
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const bool is_json = annals::DetectFormat(&in) == annals::InputFormat::kJsonLines;
  const std::unique_ptr<annals::EventSource> source =
      is_json ? annals::ReadJsonLines(&in, "") : annals::ReadTextProto(&in, "");
  annals::ReadAll(source.get(), is_json);
  return 0;
}
