#include "server/rest/read_message.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/query/json/json.h"
#include "server/http/http_status.h"
#include "server/http/negotiation.h"

namespace annals::rest {

absl::Status ReadMessage(const http::Request& request, google::protobuf::Message* message) {
  if (request.body.empty()) return absl::OkStatus();
  const std::string type = http::MediaType(request.headers.Find("Content-Type").value_or(""));
  if (type == http::kJson) return MessageFromJson(request.body, message);
  const std::string& name = message->GetDescriptor()->full_name();
  if (type != http::kProtobuf && type != kOldProtobuf) {
    return http::WithHttpStatus(
        absl::InvalidArgumentError(absl::StrCat(
            "the body is to be the message ", name, " as ", http::kProtobuf, " or ", http::kJson,
            type.empty()
                ? "; the Content-Type says neither"
                : absl::StrCat("; the Content-Type is ", "\"", absl::CHexEscape(type), "\""))),
        415);
  }
  if (message->ParseFromString(request.body)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the body is no serialized message ", name));
}

}  // namespace annals::rest
