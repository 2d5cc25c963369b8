// What a timeline consists of, as messages: settings, views, event types.
#ifndef ANNALS_ENGINE_SERVICE_DESCRIPTIONS_H_
#define ANNALS_ENGINE_SERVICE_DESCRIPTIONS_H_

#include "engine/log/event_log.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/view.h"
#include "google/protobuf/descriptor.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

v1::Timeline Describe(const TimelineSettings& settings, const EventLog::Head& head);
v1::ViewInfo Describe(const View& view);
// Without the sentence about it, which generated code doesn't have.
v1::EventType Describe(const google::protobuf::Descriptor& type);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_DESCRIPTIONS_H_
