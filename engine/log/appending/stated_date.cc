#include "engine/log/appending/stated_date.h"

#include "absl/status/status.h"
#include "engine/base/status.h"
#include "engine/time/edtf.h"

namespace annals {

absl::StatusOr<TimeBounds> ResolveDate(absl::string_view field, absl::string_view text,
                                       const TimelineSettings& settings) {
  const absl::StatusOr<Edtf> date = Edtf::Parse(text);
  if (!date.ok()) return Annotate(date.status(), field);
  const absl::StatusOr<TimeBounds> bounds = date->Resolve(settings.home_zone, settings.widths);
  if (bounds.ok()) return *bounds;
  // A year too far away is the writer's mistake, whatever the state of the log.
  return Annotate(absl::InvalidArgumentError(bounds.status().message()), field);
}

}  // namespace annals
