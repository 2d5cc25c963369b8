// JSON as Annals writes and reads it.
#ifndef ANNALS_ENGINE_QUERY_JSON_JSON_H_
#define ANNALS_ENGINE_QUERY_JSON_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

struct JsonStyle {
  bool pretty = false;  // Two spaces a level; otherwise one line, no line break.
};

// A query's answer (view.proto, query.proto): lowerCamelCase names, every number
// a JSON number, enums by name, maps ordered by key. Where the messages say what
// absence means, it is written as null: a cell's `certain` and `possible`, a
// change's `before` and `after`, a quantity's `lower` and `upper`, a date's
// `earliest` and `latest` when open. Of an IndexRead every field is written, 0 and
// empty too; of service.proto's messages every number and flag. Where only one world
// was asked for, the other's values are left out. Other absent fields are left out. A Value
// is its one field: {"quantity": {…}}; a Date is {"edtf", "earliest", "latest"}
// with instants in `zone`; an Event inside is written as EventToJson does.
std::string AnswerToJson(const google::protobuf::Message& answer, const HomeZone& zone,
                         const JsonStyle& style);

// An event as one JSON object: proto3 JSON with every number a JSON number, the
// payload with its "@type" first. Reads back to the same bytes by
// EventFromJson. INVALID_ARGUMENT if the payload's type isn't linked in.
absl::StatusOr<std::string> EventToJson(const v1::Event& event, const JsonStyle& style);

// Proto3 JSON. INVALID_ARGUMENT says what and, where it can be known, the
// column: unknown fields and types, trailing characters, a cut-off object,
// invalid UTF-8, nesting beyond the limit.
absl::StatusOr<v1::Event> EventFromJson(absl::string_view json);

// Any message as proto3 JSON with every number a JSON number; what can't be read
// of a payload is shown as bytes.
std::string MessageToJson(const google::protobuf::Message& message, const JsonStyle& style);

// The same way back, as strictly as EventFromJson; for an unknown field the message
// also names those that are near. `message` must be empty.
absl::Status MessageFromJson(absl::string_view json, google::protobuf::Message* message);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_JSON_JSON_H_
