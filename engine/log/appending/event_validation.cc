#include "engine/log/appending/event_validation.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/log/text_form.h"
#include "engine/proof/event_leaf.h"

namespace annals {
namespace {

absl::Status CheckCount(absl::string_view field, size_t count, size_t limit) {
  if (count <= limit) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(field, ": has ", count, " entries, and may have ", limit));
}

absl::Status CheckSize(const v1::Event& event, Provenance provenance) {
  const size_t bytes = event.ByteSizeLong();
  const size_t limit = kMaxEventBytes + (provenance == Provenance::kCopied ? kMaxAssignedBytes : 0);
  if (bytes <= limit) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the event has ", bytes, " bytes, and may have ", limit));
}

template <typename Message>
absl::Status CheckKnownFields(absl::string_view what, const Message& message) {
  static const auto* const reflection = Message::default_instance().GetReflection();
  const auto& unknown = reflection->GetUnknownFields(message);
  if (unknown.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unknown field ", unknown.field(0).number(),
                                                 " in the ", what,
                                                 ": was it written by a newer program?"));
}

// The first store-assigned field that is present; empty if none is.
absl::string_view FirstAssigned(const v1::Event& event) {
  if (event.revision() != 0) return "revision";
  if (event.position() != 0) return "position";
  if (event.has_recorded_at()) return "recorded_at";
  if (event.has_occurred_bounds()) return "occurred_bounds";
  if (event.has_known_bounds()) return "known_bounds";
  if (!event.payload_salt().empty()) return "payload_salt";
  if (!event.payload_commitment().empty()) return "payload_commitment";
  if (event.correction().target_positions_size() > 0) return "correction.target_positions";
  return "";
}

absl::Status CheckBounds(absl::string_view field, bool present, const v1::Bounds& bounds) {
  if (!present) return absl::InvalidArgumentError(absl::StrCat(field, ": a copy must have it"));
  if (bounds.earliest() > bounds.latest()) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": earliest ", bounds.earliest(),
                                                   " is after latest ", bounds.latest()));
  }
  return absl::OkStatus();
}

absl::Status CheckRecordedAt(const v1::Event& event) {
  constexpr int kNanosPerMicro = 1'000;
  constexpr int kNanosPerSecond = 1'000'000'000;
  // Within these, the microseconds fit an int64.
  constexpr int64_t kMaxSeconds = 253'402'300'799;  // The end of year 9999.
  const auto& at = event.recorded_at();
  const bool whole_micros =
      at.nanos() >= 0 && at.nanos() < kNanosPerSecond && at.nanos() % kNanosPerMicro == 0;
  if (event.has_recorded_at() && whole_micros && at.seconds() >= -kMaxSeconds &&
      at.seconds() <= kMaxSeconds) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("recorded_at: a copy must have it, in whole microseconds");
}

absl::Status CheckCommitment(const v1::Event& event) {
  const size_t salt = event.payload_salt().size();
  if (salt != 0 && salt != kPayloadSaltBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("payload_salt: has ", salt, " bytes, not ", kPayloadSaltBytes));
  }
  const size_t commitment = event.payload_commitment().size();
  if (commitment == 0) return absl::OkStatus();
  if (commitment != sizeof(TreeHash)) {
    return absl::InvalidArgumentError(
        absl::StrCat("payload_commitment: has ", commitment, " bytes, not ", sizeof(TreeHash)));
  }
  if (event.has_payload() && event.payload().value().empty() && salt == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "payload_commitment: stands in the place of payload.value and payload_salt, and beside "
      "payload.type_url");
}

absl::Status CheckAssigned(const v1::Event& event, Provenance provenance) {
  const absl::string_view assigned = FirstAssigned(event);
  if (provenance == Provenance::kStated) {
    if (assigned.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(assigned,
                     ": is assigned by the store, leave it out; an export, which has it, "
                     "is taken in by `annals load`"));
  }
  if (event.id().empty()) return absl::InvalidArgumentError("id: a copy must have it");
  if (event.revision() == 0) return absl::InvalidArgumentError("revision: a copy must have it");
  if (event.position() == 0) return absl::InvalidArgumentError("position: a copy must have it");
  ANNALS_RETURN_IF_ERROR(CheckRecordedAt(event));
  ANNALS_RETURN_IF_ERROR(CheckCommitment(event));
  ANNALS_RETURN_IF_ERROR(
      CheckBounds("occurred_bounds", event.has_occurred_bounds(), event.occurred_bounds()));
  return CheckBounds("known_bounds", event.has_known_bounds(), event.known_bounds());
}

absl::Status CheckCitation(const v1::Citation& citation) {
  ANNALS_RETURN_IF_ERROR(CheckKnownFields("citation", citation));
  ANNALS_RETURN_IF_ERROR(CheckId("source", citation.source()));
  if (!citation.sha256().empty()) {
    ANNALS_RETURN_IF_ERROR(CheckSha256("sha256", citation.sha256()));
  }
  ANNALS_RETURN_IF_ERROR(CheckUtf8("locator", citation.locator()));
  return CheckUtf8("paraphrase", citation.paraphrase());
}

absl::Status CheckProvenance(const v1::Event& event) {
  if (!event.asserter().empty()) {
    ANNALS_RETURN_IF_ERROR(CheckLowerCaseId("asserter", event.asserter()));
  }
  ANNALS_RETURN_IF_ERROR(CheckCount("attribution", event.attribution_size(), kMaxAttributions));
  for (const std::string& through : event.attribution()) {
    ANNALS_RETURN_IF_ERROR(CheckLowerCaseId("attribution", through));
  }
  ANNALS_RETURN_IF_ERROR(CheckCount("citations", event.citations_size(), kMaxCitations));
  for (int i = 0; i < event.citations_size(); ++i) {
    const absl::Status checked = CheckCitation(event.citations(i));
    if (!checked.ok()) return Annotate(checked, absl::StrCat("citation ", i + 1));
  }
  return absl::OkStatus();
}

absl::Status CheckTargets(const v1::Event& event) {
  const v1::Correction& correction = event.correction();
  if (correction.targets().empty()) {
    return absl::InvalidArgumentError("targets: name at least one event that it corrects");
  }
  ANNALS_RETURN_IF_ERROR(CheckCount("targets", correction.targets_size(), kMaxTargets));
  absl::flat_hash_set<std::string> seen;
  for (const std::string& target : correction.targets()) {
    ANNALS_RETURN_IF_ERROR(CheckId("target", target));
    if (!seen.insert(target).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("target ", Quote(target), ": is listed twice"));
    }
    if (target == event.id()) {
      return absl::InvalidArgumentError(
          absl::StrCat("target ", Quote(target), ": an event can't correct itself"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCorrection(const v1::Event& event) {
  const v1::Correction& correction = event.correction();
  ANNALS_RETURN_IF_ERROR(CheckKnownFields("correction", correction));
  switch (correction.kind()) {
    case v1::Correction::RETRACTS:
      break;
    case v1::Correction::SUPERSEDES:
      if (event.has_payload()) break;
      return absl::InvalidArgumentError(
          "payload: is missing, so nothing would replace the targets; to take them back only, say "
          "RETRACTS");
    default:
      return absl::InvalidArgumentError("kind: say SUPERSEDES or RETRACTS");
  }
  ANNALS_RETURN_IF_ERROR(CheckTargets(event));
  if (correction.reason().empty()) return absl::InvalidArgumentError("reason: is missing");
  ANNALS_RETURN_IF_ERROR(CheckUtf8("reason", correction.reason()));
  return CheckLowerCaseId("editor", correction.editor());
}

absl::Status CheckTrace(absl::string_view field, absl::string_view text) {
  if (text.size() > kMaxIdBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(field, ": has ", text.size(), " bytes, and may have ", kMaxIdBytes));
  }
  return CheckUtf8(field, text);
}

absl::Status CheckMetadata(const v1::Event& event) {
  ANNALS_RETURN_IF_ERROR(CheckCount("metadata", event.metadata_size(), kMaxMetadataEntries));
  size_t bytes = 0;
  for (const auto& [key, value] : event.metadata()) {
    ANNALS_RETURN_IF_ERROR(CheckId("metadata key", key));
    ANNALS_RETURN_IF_ERROR(CheckUtf8(absl::StrCat("metadata ", Quote(key), " with value"), value));
    bytes += key.size() + value.size();
  }
  if (bytes <= kMaxMetadataBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("metadata: has ", bytes, " bytes, and may have ", kMaxMetadataBytes));
}

}  // namespace

absl::Status ValidateEvent(const v1::Event& event, Provenance provenance) {
  ANNALS_RETURN_IF_ERROR(CheckSize(event, provenance));
  ANNALS_RETURN_IF_ERROR(CheckKnownFields("event", event));
  ANNALS_RETURN_IF_ERROR(CheckKnownFields("payload", event.payload()));
  if (!event.id().empty()) ANNALS_RETURN_IF_ERROR(CheckId("id", event.id()));
  ANNALS_RETURN_IF_ERROR(CheckId("stream", event.stream()));
  if (!event.has_payload() && !event.has_correction()) {
    return absl::InvalidArgumentError(
        "payload: is missing; only an event that retracts others may do without");
  }
  ANNALS_RETURN_IF_ERROR(CheckAssigned(event, provenance));
  ANNALS_RETURN_IF_ERROR(CheckProvenance(event));
  if (event.has_correction()) {
    ANNALS_RETURN_IF_ERROR(Annotate(CheckCorrection(event), "correction"));
  }
  ANNALS_RETURN_IF_ERROR(CheckUtf8("occurred", event.occurred()));
  ANNALS_RETURN_IF_ERROR(CheckUtf8("published", event.published()));
  ANNALS_RETURN_IF_ERROR(CheckTrace("correlation_id", event.correlation_id()));
  ANNALS_RETURN_IF_ERROR(CheckTrace("causation_id", event.causation_id()));
  return CheckMetadata(event);
}

std::string EventLabel(size_t number, absl::string_view id) {
  if (id.empty()) return absl::StrCat("event ", number);
  return absl::StrCat("event ", number, " ", Quote(id));
}

}  // namespace annals
