#include "server/rest/proof_resources.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/service/event_name.h"
#include "proto/annals/v1/service.pb.h"

namespace annals::rest {
namespace {

// The same for ever where its size was asked for.
Answer OfSize(const Inquiry& inquiry, std::optional<uint64_t> asked, absl::string_view name,
              uint64_t size) {
  if (asked.has_value()) return PinnedAnswer(inquiry);
  return ChangingAnswer(inquiry, {{std::string(name), absl::StrCat(size)}});
}

absl::StatusOr<Answer> GetCheckpoint(const Inquiry& inquiry) {
  v1::GetCheckpointRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> size, inquiry.parameters.Number("size"));
  if (size.has_value()) asked.set_size(*size);
  ANNALS_ASSIGN_OR_RETURN(v1::SignedCheckpoint checkpoint, inquiry.service.GetCheckpoint(asked));
  Answer answer = OfSize(inquiry, size, "size", checkpoint.size());
  answer.body = std::move(*checkpoint.mutable_note());
  return answer;
}

// It carries the event, of which parts may be erased some day: nobody is to keep it
// without asking again.
absl::StatusOr<Answer> ProveEvent(const Inquiry& inquiry) {
  v1::ProveEventRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_RETURN_IF_ERROR(NameEvent(inquiry.request.Parameter("event"), &asked));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> size, inquiry.parameters.Number("size"));
  if (size.has_value()) asked.set_size(*size);
  ANNALS_ASSIGN_OR_RETURN(v1::EventProof proof, inquiry.service.ProveEvent(asked));
  Answer answer = ChangingAnswer(inquiry, {{"size", absl::StrCat(proof.size())}});
  answer.body = std::move(*proof.mutable_proof());
  return answer;
}

absl::StatusOr<Answer> ProveConsistency(const Inquiry& inquiry) {
  v1::ProveConsistencyRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> from, inquiry.parameters.Number("from"));
  if (!from.has_value()) {
    return absl::InvalidArgumentError(
        "which older checkpoint: give its size, the second of its lines, as `from`");
  }
  asked.set_from(*from);
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> to, inquiry.parameters.Number("to"));
  if (to.has_value()) asked.set_to(*to);
  ANNALS_ASSIGN_OR_RETURN(v1::ConsistencyProof proof, inquiry.service.ProveConsistency(asked));
  Answer answer = OfSize(inquiry, to, "to", proof.to());
  answer.body = std::move(*proof.mutable_proof());
  return answer;
}

}  // namespace

void AddProofResources(const ResourceContext& context, http::Router* router) {
  const std::string timeline = "/v1/timelines/{timeline}";
  AddResource({.pattern = timeline + "/checkpoint",
               .parameters = {"size"},
               .is_text = true,
               .answer = GetCheckpoint},
              context, router);
  AddResource({.pattern = timeline + "/proofs/events/{event}",
               .parameters = {"size"},
               .is_text = true,
               .answer = ProveEvent},
              context, router);
  AddResource({.pattern = timeline + "/proofs/consistency",
               .parameters = {"from", "to"},
               .is_text = true,
               .answer = ProveConsistency},
              context, router);
}

}  // namespace annals::rest
