#include "engine/time/causality.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/time/home_zone.h"

namespace annals {
namespace {

std::string Stated(absl::string_view text) {
  return text.empty() ? "not stated" : absl::StrCat("\"", text, "\"");
}

absl::Status CheckInOrder(const TimeBounds& bounds, absl::string_view text,
                          absl::string_view role) {
  if (bounds.earliest <= bounds.latest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the date ", Stated(text), " (", role, ") ends before it begins"));
}

absl::Status LiesAfterRecording(absl::string_view text, absl::string_view role,
                                Instant recorded_at) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the date ", Stated(text), " (", role, ") lies after it was recorded, ",
      FormatInstant(recorded_at, HomeZone()), "; correct the date, or record it once it has come"));
}

}  // namespace

absl::StatusOr<EventTimes> Tighten(const TimeBounds& occurred, absl::string_view occurred_text,
                                   const TimeBounds& published, absl::string_view published_text,
                                   Instant recorded_at) {
  ANNALS_RETURN_IF_ERROR(CheckInOrder(occurred, occurred_text, "occurred"));
  ANNALS_RETURN_IF_ERROR(CheckInOrder(published, published_text, "published"));
  if (published.earliest > recorded_at) {
    return LiesAfterRecording(published_text, "published", recorded_at);
  }
  EventTimes times = {.occurred = occurred, .known = published};
  times.known.latest = std::min(published.latest, recorded_at);
  if (occurred.earliest > times.known.latest) {
    if (recorded_at <= published.latest) {
      return LiesAfterRecording(occurred_text, "occurred", recorded_at);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("the date ", Stated(occurred_text), " (occurred) lies after it was known, ",
                     Stated(published_text), " (published); correct one of the two"));
  }
  times.occurred.latest = std::min(occurred.latest, times.known.latest);
  times.known.earliest = std::max(published.earliest, occurred.earliest);
  return times;
}

}  // namespace annals
