#include "engine/log/redaction.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/log/record.h"
#include "engine/log/text_form.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {
namespace {

absl::Status CheckDecision(const std::string& reason, const std::string& authority,
                           const std::string& editor) {
  if (reason.empty()) return absl::InvalidArgumentError("reason: is missing");
  if (authority.empty()) {
    return absl::InvalidArgumentError(
        "authority: is missing; say what obliges to it, such as a court and its file number");
  }
  return CheckLowerCaseId("editor", editor);
}

absl::Status CheckTargets(const v1::PayloadRedacted& redacted) {
  if (redacted.targets().empty()) {
    return absl::InvalidArgumentError("targets: name at least one event");
  }
  if (redacted.targets_size() > static_cast<int>(kMaxTargets)) {
    return absl::ResourceExhaustedError(absl::StrCat("targets: are ", redacted.targets_size(),
                                                     ", and may be ", kMaxTargets,
                                                     ": redact them in several steps"));
  }
  if (redacted.targets_size() != redacted.target_positions_size()) {
    return absl::InvalidArgumentError("target_positions: aren't as many as the targets");
  }
  absl::flat_hash_set<std::string> seen;
  for (const std::string& target : redacted.targets()) {
    if (!seen.insert(target).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("target ", Quote(target), ": is listed twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

RedactionsPtr WithRedactions(const RedactionsPtr& before, const v1::PayloadRedacted& redacted,
                             Position by) {
  Redactions all = before == nullptr ? Redactions() : *before;
  for (const uint64_t target : redacted.target_positions()) all.push_back({{target}, by});
  std::ranges::stable_sort(all, {}, &Redaction::target);
  const auto repeated = std::ranges::unique(all, {}, &Redaction::target);
  all.erase(repeated.begin(), repeated.end());
  return std::make_shared<const Redactions>(std::move(all));
}

bool IsErasure(const google::protobuf::Descriptor* type) {
  static const auto* const redacted = v1::PayloadRedacted::descriptor();
  static const auto* const forgotten = v1::SubjectForgotten::descriptor();
  return type == redacted || type == forgotten;
}

absl::Status CheckErasure(const google::protobuf::Message& payload) {
  if (payload.GetDescriptor() == v1::PayloadRedacted::descriptor()) {
    const auto& redacted = static_cast<const v1::PayloadRedacted&>(payload);
    ANNALS_RETURN_IF_ERROR(CheckTargets(redacted));
    return CheckDecision(redacted.reason(), redacted.authority(), redacted.editor());
  }
  if (payload.GetDescriptor() == v1::SubjectForgotten::descriptor()) {
    const auto& forgotten = static_cast<const v1::SubjectForgotten&>(payload);
    return CheckDecision(forgotten.reason(), forgotten.authority(), forgotten.editor());
  }
  return absl::OkStatus();
}

absl::Status CheckRedactable(const v1::Event& event) {
  if (!event.has_payload()) {
    return absl::FailedPreconditionError(
        absl::StrCat("event ", Quote(event.id()), ": has no payload that could be redacted"));
  }
  const absl::string_view type = PayloadTypeName(event);
  for (const google::protobuf::Descriptor* const needed :
       {v1::TimelineCreated::descriptor(), v1::SourceRegistered::descriptor(),
        v1::PayloadRedacted::descriptor(), v1::SubjectForgotten::descriptor()}) {
    if (type != needed->full_name()) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("event ", Quote(event.id()), ": an ", type,
                     " can't be redacted, since other events rest on what it says"));
  }
  return absl::OkStatus();
}

}  // namespace annals
