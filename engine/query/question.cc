#include "engine/query/question.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/time/edtf.h"

namespace annals {
namespace {

absl::StatusOr<Instant> DateOrNow(const std::optional<std::string>& date, absl::string_view name,
                                  const HomeZone& zone, Instant now) {
  if (!date) return now;
  absl::StatusOr<Instant> instant = ParseAsOfDate(*date, zone);
  if (!instant.ok()) return Annotate(instant.status(), name);
  return instant;
}

}  // namespace

absl::Status CheckWithinHead(Position position, const EventLog::Head& head) {
  if (position <= head.position) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("position ", position.value,
                                            " lies beyond the head: the last event has position ",
                                            head.position.value));
}

absl::StatusOr<PinnedAsOf> PinQuestion(const AsOfQuestion& question, const HomeZone& zone,
                                       const EventLog::Head& head, Instant now) {
  now = std::max(now, head.recorded_at);
  PinnedAsOf pinned;
  ANNALS_ASSIGN_OR_RETURN(pinned.valid, DateOrNow(question.valid, "valid", zone, now));
  ANNALS_ASSIGN_OR_RETURN(pinned.known, DateOrNow(question.known, "known", zone, now));
  pinned.position = question.position ? Position{*question.position} : head.position;
  ANNALS_RETURN_IF_ERROR(CheckWithinHead(pinned.position, head));
  return pinned;
}

v1::AsOf ToProto(const PinnedAsOf& as_of, const HomeZone& zone) {
  v1::AsOf proto;
  proto.set_valid(FormatInstant(as_of.valid, zone));
  proto.set_known(FormatInstant(as_of.known, zone));
  proto.set_position(as_of.position.value);
  return proto;
}

absl::StatusOr<PinnedAsOf> FromProto(const v1::AsOf& as_of) {
  PinnedAsOf pinned;
  ANNALS_ASSIGN_OR_RETURN(pinned.valid, ParseInstant(as_of.valid()));
  ANNALS_ASSIGN_OR_RETURN(pinned.known, ParseInstant(as_of.known()));
  pinned.position = {as_of.position()};
  return pinned;
}

Slice SliceOf(WorldKind world, const PinnedAsOf& as_of) {
  return {.world = world, .valid = as_of.valid, .known = as_of.known, .position = as_of.position};
}

}  // namespace annals
