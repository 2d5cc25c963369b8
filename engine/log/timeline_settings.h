// TimelineSettings: what a timeline's first event, TimelineCreated, lays down.
#ifndef ANNALS_ENGINE_LOG_TIMELINE_SETTINGS_H_
#define ANNALS_ENGINE_LOG_TIMELINE_SETTINGS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/time/edtf.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {

// Fixed for the timeline's life. An immutable value.
struct TimelineSettings {
  std::string name;
  uint32_t number = 0;  // In this store: what keys begin with.
  std::string title;
  std::string description;
  std::string domain;  // Empty: none.
  HomeZone home_zone;
  QualifierWidths widths;

  // INVALID_ARGUMENT if the title is missing or the zone is unknown.
  static absl::StatusOr<TimelineSettings> FromProto(absl::string_view name,
                                                    const v1::TimelineCreated& created);

  // What FromProto reads back to the same settings, every width written out.
  v1::TimelineCreated ToProto() const;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_TIMELINE_SETTINGS_H_
