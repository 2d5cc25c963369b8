#include "engine/query/json.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/query/answer_json.h"
#include "engine/query/json_syntax.h"
#include "engine/query/json_writer.h"
#include "engine/query/message_json.h"
#include "engine/query/payload.h"
#include "google/protobuf/util/json_util.h"

namespace annals {
namespace {

constexpr char kNoEvent[] = "this JSON is no event: ";
constexpr char kNoType[] =
    "payload: there is no \"@type\"; write one, such as "
    "\"type.googleapis.com/annals.v1.SourceRegistered\"";

// protobuf says "(citations[0]) sourc: Cannot find field." and "(position):
// invalid value -3 for type TYPE_UINT64".
std::string Explain(absl::string_view message) {
  message = absl::StripAsciiWhitespace(message);
  absl::string_view place;
  if (absl::StartsWith(message, "(")) {
    place = message.substr(1, message.find(')') - 1);
    message.remove_prefix(place.size() + 2);
  }
  absl::ConsumePrefix(&message, ":");
  message = absl::StripLeadingAsciiWhitespace(message);
  const std::string in = place.empty() ? "" : absl::StrCat(place, ": ");

  if (absl::ConsumeSuffix(&message, ": Cannot find field.")) {
    return absl::StrCat(in, "there is no field \"", message,
                        "\"; the names are those of the message's .proto file, in lowerCamelCase");
  }
  if (absl::StartsWith(message, "invalid value Missing @type")) return kNoType;
  constexpr absl::string_view kUnknownType = "invalid value Invalid type URL, unknown type: ";
  if (absl::ConsumePrefix(&message, kUnknownType)) {
    absl::ConsumeSuffix(&message, " for type Any");
    return absl::StrCat(in, "unknown type \"", message, "\"; is it one of the timeline's domain?");
  }
  if (absl::ConsumePrefix(&message, "invalid value ")) {
    const size_t type_at = message.rfind(" for type ");
    if (type_at != absl::string_view::npos) {
      absl::string_view type = message.substr(type_at + 10);
      const absl::string_view value = message.substr(0, type_at);
      if (absl::ConsumePrefix(&type, "TYPE_")) {
        return absl::StrCat(in, value, " is no value of the type ", absl::AsciiStrToLower(type),
                            "; it is of another kind or out of range");
      }
      return absl::StrCat(in, value, " is no value of the type ", type);
    }
  }
  return absl::StrCat(in, message);
}

}  // namespace

std::string AnswerToJson(const google::protobuf::Message& answer, const HomeZone& zone,
                         const JsonStyle& style) {
  JsonWriter json(style.pretty);
  // What can't be read is shown as bytes, so nothing is refused.
  AnswerJson(&zone, &json).Write(answer).IgnoreError();
  return json.text();
}

absl::StatusOr<std::string> EventToJson(const v1::Event& event, const JsonStyle& style) {
  JsonWriter json(style.pretty);
  ANNALS_RETURN_IF_ERROR(MessageJson(&json, MessageJson::Unreadable::kRefuse).Write(event));
  return json.text();
}

absl::StatusOr<v1::Event> EventFromJson(absl::string_view json) {
  ANNALS_RETURN_IF_ERROR(CheckJsonSyntax(json));
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(json), "{")) {
    return absl::InvalidArgumentError("JSON, column 1: an event is an object in braces");
  }
  v1::Event event;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &event);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        kNoEvent, Explain(absl::string_view(status.message().data(), status.message().size()))));
  }
  if (event.has_payload() && event.payload().type_url().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(kNoEvent, kNoType));
  }
  // The reader writes the payload's bytes in the order of the text: two
  // spellings of one event must not become two events.
  ANNALS_RETURN_IF_ERROR(Annotate(NormalizePayloads(&event), "this JSON is no event"));
  return event;
}

}  // namespace annals
