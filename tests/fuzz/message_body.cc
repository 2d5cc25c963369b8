// The body of a verb, as JSON or protobuf: what is taken as JSON comes back from JSON.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/query/json/json.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/stubs/logging.h"
#include "proto/annals/v1/service.pb.h"
#include "server/rest/read_message.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;
using google::protobuf::Message;

std::unique_ptr<Message> RequestOfVerb(uint8_t number) {
  const google::protobuf::ServiceDescriptor* verbs =
      v1::AsOfRequest::descriptor()->file()->FindServiceByName("Timelines");
  const google::protobuf::Descriptor* type =
      verbs->method(number % verbs->method_count())->input_type();
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void ReadBody(uint8_t verb, bool is_json, absl::string_view body) {
  http::Request request;
  request.headers.Add("Content-Type", is_json ? "application/json" : "application/protobuf");
  request.body = std::string(body);
  const std::unique_ptr<Message> message = RequestOfVerb(verb);
  const absl::Status read = rest::ReadMessage(request, message.get());
  if (!read.ok()) {
    Require(read.code() == absl::StatusCode::kInvalidArgument, "a body is refused as invalid");
    Require(!read.message().empty(), "with a reason");
    return;
  }
  const std::string json = MessageToJson(*message, {});
  if (!is_json || body.empty()) return;
  const std::unique_ptr<Message> again(message->New());
  const absl::Status reread = MessageFromJson(json, again.get());
  Require(reread.ok(), "what was read can be written: " + reread.ToString() + json);
  Require(MessageToJson(*again, {}) == json, "and is the same: " + json);
}

}  // namespace
}  // namespace annals

// The first byte chooses the verb, the second the form.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // protobuf reports broken UTF-8 on standard error, a thousand times a second.
  static const google::protobuf::LogSilencer silence;
  if (size < 2) return 0;
  const absl::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  annals::ReadBody(data[0], data[1] % 2 == 1, body);
  return 0;
}
