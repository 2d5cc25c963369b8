#include "engine/query/redacted_payloads.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/redaction.h"
#include "proto/annals/v1/erasure.pb.h"

namespace annals {
namespace {

constexpr int kMostListed = 100;

absl::StatusOr<v1::RedactedPayload> Describe(const EventLog& log, absl::string_view timeline,
                                             const Redaction& redaction, const std::string& id) {
  ANNALS_ASSIGN_OR_RETURN(const v1::Event by, log.Read(timeline, redaction.by));
  v1::PayloadRedacted said;
  if (!by.payload().UnpackTo(&said)) {
    return absl::DataLossError(absl::StrCat("timeline \"", timeline, "\", position ",
                                            redaction.by.value, ": should redact others"));
  }
  v1::RedactedPayload redacted;
  redacted.set_position(redaction.target.value);
  redacted.set_event(id);
  redacted.set_redacted_by(redaction.by.value);
  redacted.set_reason(said.reason());
  redacted.set_authority(said.authority());
  redacted.set_editor(said.editor());
  return redacted;
}

}  // namespace

absl::StatusOr<std::optional<v1::RedactedPayloads>> RedactedUpTo(const EventLog& log,
                                                                 absl::string_view timeline,
                                                                 Position last) {
  ANNALS_ASSIGN_OR_RETURN(const RedactionsPtr all, log.GetRedactions(timeline));
  if (all == nullptr) return std::optional<v1::RedactedPayloads>();
  v1::RedactedPayloads redacted;
  for (const Redaction& redaction : *all) {
    if (redaction.target > last) break;
    redacted.set_count(redacted.count() + 1);
    if (redacted.payloads_size() >= kMostListed) continue;
    ANNALS_ASSIGN_OR_RETURN(const v1::Event target, log.Read(timeline, redaction.target));
    ANNALS_ASSIGN_OR_RETURN(*redacted.add_payloads(),
                            Describe(log, timeline, redaction, target.id()));
  }
  if (redacted.count() == 0) return std::optional<v1::RedactedPayloads>();
  return std::optional<v1::RedactedPayloads>(std::move(redacted));
}

absl::StatusOr<std::optional<v1::RedactedPayload>> RedactionOf(const EventLog& log,
                                                               const v1::Event& event) {
  std::optional<v1::RedactedPayload> none;
  if (!IsRedacted(event)) return none;
  ANNALS_ASSIGN_OR_RETURN(const RedactionsPtr all, log.GetRedactions(event.timeline()));
  if (all == nullptr) return none;
  const Position position{event.position()};
  const auto found = std::ranges::lower_bound(*all, position, {}, &Redaction::target);
  if (found == all->end() || found->target != position) return none;
  ANNALS_ASSIGN_OR_RETURN(v1::RedactedPayload redacted,
                          Describe(log, event.timeline(), *found, event.id()));
  return std::optional<v1::RedactedPayload>(std::move(redacted));
}

}  // namespace annals
