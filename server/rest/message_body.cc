#include "server/rest/message_body.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "server/http/negotiation.h"

namespace annals::rest {
namespace {

bool IsProtobuf(absl::string_view type) { return type == http::kProtobuf || type == kOldProtobuf; }

std::string TypeOfBody(const http::Request& request) {
  return http::MediaType(request.headers.Find("Content-Type").value_or(""));
}

}  // namespace

absl::StatusOr<absl::string_view> FormOfAnswer(const http::Request& request) {
  const std::string accept = request.headers.Joined("Accept");
  const bool json_first = TypeOfBody(request) == http::kJson;
  const absl::string_view first = json_first ? http::kJson : http::kProtobuf;
  const absl::string_view second = json_first ? http::kProtobuf : http::kJson;
  const absl::string_view offered[] = {first, second, kOldProtobuf};
  ANNALS_ASSIGN_OR_RETURN(const absl::string_view chosen, http::ChooseMediaType(accept, offered));
  return IsProtobuf(chosen) ? http::kProtobuf : chosen;
}

absl::Status CheckTakesFrames(const http::Request& request) {
  const absl::string_view offered[] = {http::kProtobuf, kOldProtobuf};
  return http::ChooseMediaType(request.headers.Joined("Accept"), offered).status();
}

http::Response WriteMessage(const google::protobuf::Message& message, absl::string_view form) {
  std::string body = form == http::kJson ? absl::StrCat(MessageToJson(message, {}), "\n")
                                         : message.SerializeAsString();
  http::Response response = http::Response::Of(form, std::move(body));
  response.headers.Add("Cache-Control", "no-store");
  response.headers.AddToList("Vary", "Accept");
  return response;
}

}  // namespace annals::rest
