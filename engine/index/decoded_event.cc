#include "engine/index/decoded_event.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/redaction.h"
#include "engine/privacy/sensitive_fields.h"

namespace annals {

EventTimes TimesOf(const v1::Event& event) {
  const v1::Bounds& occurred = event.occurred_bounds();
  const v1::Bounds& known = event.known_bounds();
  return {.occurred = {{occurred.earliest()}, {occurred.latest()}},
          .known = {{known.earliest()}, {known.latest()}}};
}

ProjectedEvent DecodedEvent::Projected() const {
  return {.event = event, .payload = payload.get(), .times = TimesOf(event)};
}

absl::Status LogEndsEarly(Position last, Position head) {
  return absl::DataLossError(
      absl::StrCat("the log has no event after ", last.value, ", and its head is ", head.value));
}

absl::StatusOr<DecodedEvent> Decode(v1::Event event, const PayloadTypes& types,
                                    const TimelineSettings& settings) {
  DecodedEvent decoded;
  // Of a redacted payload nothing is left that could contribute anything.
  if (event.has_payload() && !IsRedacted(event)) {
    auto payload = types.Decode(settings.domain, event.payload());
    if (!payload.ok()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "event ", event.position(), " (", event.id(),
          ") has a payload that this program can't read: ", payload.status().message()));
    }
    decoded.payload = *std::move(payload);
    if (types.HasSensitiveFields(decoded.payload->GetDescriptor())) {
      ClearSensitiveFields(decoded.payload.get());
    }
  }
  decoded.event = std::move(event);
  return decoded;
}

absl::StatusOr<std::vector<DecodedEvent>> ReadDecoded(const EventLog& log,
                                                      const PayloadTypes& types,
                                                      const TimelineSettings& settings,
                                                      Position after, Position head,
                                                      size_t max_events, size_t max_bytes,
                                                      std::vector<DecodedEvent> spare) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader,
                          log.ReadAfter(settings.name, after));
  std::vector<DecodedEvent> events;
  size_t bytes = 0;
  Position reached = after;
  while (reached < head && events.size() < max_events && bytes < max_bytes && reader->Next()) {
    v1::Event event;
    if (!spare.empty()) {
      event = std::move(spare.back().event);
      spare.pop_back();
    }
    reader->Take(&event);
    ANNALS_ASSIGN_OR_RETURN(DecodedEvent decoded, Decode(std::move(event), types, settings));
    reached = decoded.position();
    bytes += decoded.event.ByteSizeLong();
    events.push_back(std::move(decoded));
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  if (events.empty() && after < head) return LogEndsEarly(after, head);
  return events;
}

}  // namespace annals
