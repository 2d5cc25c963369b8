// ReadMessage: a request's body as the message that it should be.
#ifndef ANNALS_SERVER_REST_READ_MESSAGE_H_
#define ANNALS_SERVER_REST_READ_MESSAGE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/http/request.h"

namespace annals::rest {

// What application/protobuf was called before it was registered.
constexpr absl::string_view kOldProtobuf = "application/x-protobuf";

// Reads the body by its Content-Type: application/protobuf (or -x-protobuf), or
// application/json. An empty body is an empty message, whatever it calls itself.
// INVALID_ARGUMENT if it is no such message; as 415 if it is of another type.
absl::Status ReadMessage(const http::Request& request, google::protobuf::Message* message);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_READ_MESSAGE_H_
