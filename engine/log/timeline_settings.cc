#include "engine/log/timeline_settings.h"

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals {

absl::StatusOr<TimelineSettings> TimelineSettings::FromProto(absl::string_view name,
                                                             const v1::TimelineCreated& created) {
  if (created.title().empty()) return absl::InvalidArgumentError("title: is missing");
  if (created.home_zone().empty()) {
    return absl::InvalidArgumentError(
        "home_zone: is missing; name the IANA zone whose days the dates mean, such as "
        "\"Europe/Rome\"");
  }
  TimelineSettings settings;
  ANNALS_ASSIGN_OR_RETURN(settings.home_zone, HomeZone::Load(created.home_zone()));
  settings.name = std::string(name);
  settings.title = created.title();
  settings.description = created.description();
  settings.domain = created.domain();
  if (created.has_uncertain_units()) settings.widths.uncertain = created.uncertain_units();
  if (created.has_approximate_units()) settings.widths.approximate = created.approximate_units();
  if (created.has_uncertain_and_approximate_units()) {
    settings.widths.uncertain_and_approximate = created.uncertain_and_approximate_units();
  }
  return settings;
}

v1::TimelineCreated TimelineSettings::ToProto() const {
  v1::TimelineCreated created;
  created.set_title(title);
  created.set_description(description);
  created.set_home_zone(home_zone.name());
  created.set_domain(domain);
  created.set_uncertain_units(widths.uncertain);
  created.set_approximate_units(widths.approximate);
  created.set_uncertain_and_approximate_units(widths.uncertain_and_approximate);
  return created;
}

}  // namespace annals
