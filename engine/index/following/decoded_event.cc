#include "engine/index/following/decoded_event.h"

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

// Makes `decoded->payload` that of its event, in the memory of the one before.
static absl::Status DecodePayload(const PayloadTypes& types, const TimelineSettings& settings,
                                  DecodedEvent* decoded) {
  const v1::Event& event = decoded->event;
  // Of a redacted payload nothing is left that could contribute anything.
  if (!event.has_payload() || IsRedacted(event)) {
    decoded->payload = nullptr;
    return absl::OkStatus();
  }
  const absl::Status status = types.DecodeInto(settings.domain, event.payload(), &decoded->payload);
  if (!status.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("event ", event.position(), " (", event.id(),
                     ") has a payload that this program can't read: ", status.message()));
  }
  if (types.HasSensitiveFields(decoded->payload->GetDescriptor())) {
    ClearSensitiveFields(decoded->payload.get());
  }
  return absl::OkStatus();
}

absl::StatusOr<DecodedEvent> Decode(v1::Event event, const PayloadTypes& types,
                                    const TimelineSettings& settings) {
  DecodedEvent decoded;
  decoded.event = std::move(event);
  ANNALS_RETURN_IF_ERROR(DecodePayload(types, settings, &decoded));
  return decoded;
}

absl::Status ReadDecoded(const EventLog& log, const PayloadTypes& types,
                         const TimelineSettings& settings, Position after, Position head,
                         size_t max_events, size_t max_bytes, std::vector<DecodedEvent>* events) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader,
                          log.ReadAfter(settings.name, after));
  size_t count = 0;
  size_t bytes = 0;
  Position reached = after;
  while (reached < head && count < max_events && bytes < max_bytes && reader->Next()) {
    if (count == events->size()) events->emplace_back();
    DecodedEvent& decoded = (*events)[count++];
    reader->Take(&decoded.event);
    ANNALS_RETURN_IF_ERROR(DecodePayload(types, settings, &decoded));
    reached = decoded.position();
    bytes += decoded.event.ByteSizeLong();
  }
  events->resize(count);
  ANNALS_RETURN_IF_ERROR(reader->status());
  return count == 0 && after < head ? LogEndsEarly(after, head) : absl::OkStatus();
}

}  // namespace annals
