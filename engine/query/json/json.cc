#include "engine/query/json/json.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/query/json/answer_json.h"
#include "engine/query/json/json_syntax.h"
#include "engine/query/json/json_writer.h"
#include "engine/query/json/message_json.h"
#include "engine/query/near_names.h"
#include "engine/query/payload.h"
#include "google/protobuf/util/json_util.h"

namespace annals {
namespace {

constexpr char kNoType[] =
    "payload: there is no \"@type\"; write one, such as "
    "\"type.googleapis.com/annals.v1.SourceRegistered\"";

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// The type of what stands at `place`, "events[3].citations[0]"; null where that
// isn't said by the message's own type, such as in a payload.
const Descriptor* TypeAt(absl::string_view place, const Descriptor* type) {
  if (place.empty()) return type;
  for (const absl::string_view step : absl::StrSplit(place, '.')) {
    const std::string name(step.substr(0, step.find('[')));
    const FieldDescriptor* field = type->FindFieldByName(name);
    if (field == nullptr) field = type->FindFieldByCamelcaseName(name);
    if (field == nullptr || field->is_map() || field->message_type() == nullptr) return nullptr;
    type = field->message_type();
    if (type->full_name() == "google.protobuf.Any") return nullptr;
  }
  return type;
}

// `; did you mean "from"? The fields are "from", "to"`.
std::string FieldChoice(absl::string_view asked, const Descriptor* type) {
  if (type == nullptr || type->field_count() == 0) {
    return "; the names are those of the message's .proto file, in lowerCamelCase";
  }
  std::vector<std::string> names;
  for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->json_name());
  return absl::StrCat("; ", DescribeChoice("the fields are", asked, names));
}

// protobuf says "(citations[0]) sourc: Cannot find field." and "(position):
// invalid value -3 for type TYPE_UINT64".
std::string Explain(absl::string_view message, const Descriptor* type) {
  message = absl::StripAsciiWhitespace(message);
  absl::string_view place;
  const size_t place_end = message.find(')');
  // A field's own name may begin so too, and need not end.
  if (absl::StartsWith(message, "(") && place_end != message.npos) {
    place = message.substr(1, place_end - 1);
    message.remove_prefix(place_end + 1);
  }
  absl::ConsumePrefix(&message, ":");
  message = absl::StripLeadingAsciiWhitespace(message);
  const std::string in = place.empty() ? "" : absl::StrCat(place, ": ");

  if (absl::ConsumeSuffix(&message, ": Cannot find field.")) {
    return absl::StrCat(in, "there is no field \"", message, "\"",
                        FieldChoice(message, TypeAt(place, type)));
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
      absl::string_view wanted = message.substr(type_at + 10);
      const absl::string_view value = message.substr(0, type_at);
      if (absl::ConsumePrefix(&wanted, "TYPE_")) {
        return absl::StrCat(in, value, " is no value of the type ", absl::AsciiStrToLower(wanted),
                            "; it is of another kind or out of range");
      }
      return absl::StrCat(in, value, " is no value of the type ", wanted);
    }
  }
  return absl::StrCat(in, message);
}

// As an object of the type `what`.
absl::Status Read(absl::string_view json, absl::string_view what,
                  google::protobuf::Message* message) {
  ANNALS_RETURN_IF_ERROR(CheckJsonSyntax(json));
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(json), "{")) {
    const absl::string_view article = what == "event" ? "an " : "";
    return absl::InvalidArgumentError(
        absl::StrCat("JSON, column 1: ", article, what, " is an object in braces"));
  }
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("this JSON is no ", what, ": ",
                   Explain(absl::string_view(status.message().data(), status.message().size()),
                           message->GetDescriptor())));
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

std::string MessageToJson(const google::protobuf::Message& message, const JsonStyle& style) {
  JsonWriter json(style.pretty);
  // Shown as bytes instead of being refused.
  MessageJson(&json, MessageJson::Unreadable::kShowBytes).Write(message).IgnoreError();
  return json.text();
}

absl::StatusOr<v1::Event> EventFromJson(absl::string_view json) {
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(Read(json, "event", &event));
  if (event.has_payload() && event.payload().type_url().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("this JSON is no event: ", kNoType));
  }
  // The reader writes the payload's bytes in the order of the text: two
  // spellings of one event must not become two events.
  ANNALS_RETURN_IF_ERROR(Annotate(NormalizePayloads(&event), "this JSON is no event"));
  return event;
}

absl::Status MessageFromJson(absl::string_view json, google::protobuf::Message* message) {
  const std::string& name = message->GetDescriptor()->name();
  ANNALS_RETURN_IF_ERROR(Read(json, name, message));
  return Annotate(NormalizePayloads(message), absl::StrCat("this JSON is no ", name));
}

}  // namespace annals
