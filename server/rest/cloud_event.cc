#include "server/rest/cloud_event.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/timestamp.h"
#include "engine/query/json/json.h"
#include "engine/query/json/json_writer.h"
#include "engine/time/home_zone.h"
#include "server/http/target.h"

namespace annals::rest {
namespace {

void Member(absl::string_view name, absl::string_view value, JsonWriter* json) {
  json->Name(name);
  json->String(value);
}

void Begin(absl::string_view timeline, absl::string_view id, absl::string_view type,
           Position position, JsonWriter* json) {
  json->BeginObject();
  Member("specversion", "1.0", json);
  Member("id", id, json);
  Member("source", absl::StrCat("/v1/timelines/", http::PercentEncode(timeline)), json);
  Member("type", type, json);
  Member("sequence", absl::StrFormat("%020d", position.value), json);
  Member("datacontenttype", "application/json", json);
}

std::string TypeOf(const v1::Event& event) {
  const std::string& url = event.payload().type_url();
  return url.empty() ? "annals.v1.Retraction" : url.substr(url.rfind('/') + 1);
}

}  // namespace

std::string CloudEvent(absl::string_view timeline, const v1::Event& event) {
  JsonWriter json(false);
  Begin(timeline, event.id(), TypeOf(event), {event.position()}, &json);
  Member("subject", event.stream(), &json);
  Member("time", FormatInstant(FromTimestamp(event.recorded_at()), HomeZone()), &json);
  json.Name("data");
  json.Raw(MessageToJson(event, {}));
  json.EndObject();
  return json.text();
}

std::string CloudNotice(absl::string_view timeline, absl::string_view type, Position position) {
  JsonWriter json(false);
  Begin(timeline, absl::StrCat(type, "-", position.value), type, position, &json);
  json.Name("data");
  json.Raw(absl::StrCat("{\"position\": ", position.value, "}"));
  json.EndObject();
  return json.text();
}

}  // namespace annals::rest
