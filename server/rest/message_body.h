// Messages as the bodies of requests and responses.
#ifndef ANNALS_SERVER_REST_MESSAGE_BODY_H_
#define ANNALS_SERVER_REST_MESSAGE_BODY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/rest/read_message.h"

namespace annals::rest {

// The media type that Accept prefers of the two; without one, that of the body.
// INVALID_ARGUMENT that goes out as 406 if neither will do.
absl::StatusOr<absl::string_view> FormOfAnswer(const http::Request& request);

// The same for an answer of frames, which has one form alone.
absl::Status CheckTakesFrames(const http::Request& request);

// `form` is FormOfAnswer's.
http::Response WriteMessage(const google::protobuf::Message& message, absl::string_view form);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_MESSAGE_BODY_H_
