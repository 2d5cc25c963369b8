#include "engine/service/descriptions.h"

#include <string>

#include "engine/base/timestamp.h"

namespace annals {
namespace {

using ::google::protobuf::FieldDescriptor;

std::string TypeOf(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

}  // namespace

v1::Timeline Describe(const TimelineSettings& settings, const EventLog::Head& head) {
  v1::Timeline timeline;
  timeline.set_name(settings.name);
  *timeline.mutable_settings() = settings.ToProto();
  timeline.set_head(head.position.value);
  *timeline.mutable_recorded_at() = ToTimestamp(head.recorded_at);
  return timeline;
}

v1::ViewInfo Describe(const View& view) {
  v1::ViewInfo info;
  info.set_name(view.name);
  info.set_description(view.description);
  for (const v1::Column& column : view.columns) *info.add_columns() = column;
  return info;
}

v1::EventType Describe(const google::protobuf::Descriptor& type) {
  v1::EventType described;
  described.set_name(type.full_name());
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    v1::EventTypeField* const entry = described.add_fields();
    entry->set_name(field.json_name());
    entry->set_type(TypeOf(field));
    entry->set_is_list(field.is_repeated());
  }
  return described;
}

}  // namespace annals
