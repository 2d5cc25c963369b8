#include "engine/service/notary.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_bytes_reader.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"

namespace annals {
namespace {

// Whoever reads a pinned page, and those who just appended, ask for the same one.
constexpr size_t kKnownRoots = 64;

// The event as the log holds it.
absl::StatusOr<std::string> BytesOf(const EventLog& log, const std::string& timeline,
                                    Position position) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventBytesReader> reader,
                          log.ReadBytesAfter(timeline, {position.value - 1}));
  if (reader->Next()) return std::string(reader->bytes());
  ANNALS_RETURN_IF_ERROR(reader->status());
  return absl::DataLossError(absl::StrCat("timeline \"", timeline, "\": the event at position ",
                                          position.value, " is missing"));
}

std::optional<uint64_t> SizeOf(const v1::GetCheckpointRequest& request) {
  return request.has_size() ? std::optional<uint64_t>(request.size()) : std::nullopt;
}

std::optional<uint64_t> SizeOf(const v1::ProveEventRequest& request) {
  return request.has_size() ? std::optional<uint64_t>(request.size()) : std::nullopt;
}

std::optional<uint64_t> SizeOf(const v1::ProveConsistencyRequest& request) {
  return request.has_to() ? std::optional<uint64_t>(request.to()) : std::nullopt;
}

absl::StatusOr<Position> PositionOf(const v1::ProveEventRequest& request, const EventLog& log) {
  switch (request.event_case()) {
    case v1::ProveEventRequest::kPosition:
      return Position{request.position()};
    case v1::ProveEventRequest::kId: {
      ANNALS_ASSIGN_OR_RETURN(const v1::Event event, log.Find(request.timeline(), request.id()));
      return Position{event.position()};
    }
    case v1::ProveEventRequest::EVENT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("which event: give its `position` or its `id`");
}

}  // namespace

absl::StatusOr<Notary::Tree> Notary::TreeOf(const std::string& timeline,
                                            std::optional<uint64_t> size,
                                            absl::string_view called) const {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
  Tree tree{.timeline = timeline, .size = size.value_or(head.position.value)};
  if (tree.size == 0 || tree.size > head.position.value) {
    return absl::OutOfRangeError(absl::StrCat("timeline \"", timeline, "\", `", called,
                                              "`: there is no checkpoint of ", tree.size,
                                              " events; it has 1 to ", head.position.value));
  }
  ANNALS_ASSIGN_OR_RETURN(tree.nodes, log_->TreeNodes(timeline));
  return tree;
}

std::optional<TreeHash> Notary::FindRoot(absl::string_view timeline, uint64_t size) {
  MutexLock lock(&mutex_);
  const auto found = std::find_if(roots_.begin(), roots_.end(), [&](const KnownRoot& known) {
    return known.size == size && known.timeline == timeline;
  });
  if (found == roots_.end()) return std::nullopt;
  roots_.splice(roots_.begin(), roots_, found);
  return found->root;
}

absl::StatusOr<TreeHash> Notary::RootOf(const Tree& tree) {
  const std::optional<TreeHash> known = FindRoot(tree.timeline, tree.size);
  if (known.has_value()) return *known;
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, annals::RootOf(tree.size, tree.nodes));
  MutexLock lock(&mutex_);
  roots_.push_front({tree.timeline, tree.size, root});
  if (roots_.size() > kKnownRoots) roots_.pop_back();
  return root;
}

absl::StatusOr<TreeHash> Notary::RootOf(const std::string& timeline, Position size) {
  const std::optional<TreeHash> known = FindRoot(timeline, size.value);
  if (known.has_value()) return *known;
  Tree tree{.timeline = timeline, .size = size.value};
  ANNALS_ASSIGN_OR_RETURN(tree.nodes, log_->TreeNodes(timeline));
  return RootOf(tree);
}

absl::StatusOr<v1::SignedCheckpoint> Notary::Sign(const Tree& tree) {
  ANNALS_ASSIGN_OR_RETURN(const NoteSigner* const signer, keys_->Signer());
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, RootOf(tree));
  const Checkpoint signed_text{
      .origin = absl::StrCat(signer->verifier().name(), "/", tree.timeline),
      .size = tree.size,
      .root = root};
  v1::SignedCheckpoint checkpoint;
  checkpoint.set_origin(signed_text.origin);
  checkpoint.set_size(tree.size);
  checkpoint.set_root_hash(root.data(), root.size());
  ANNALS_ASSIGN_OR_RETURN(*checkpoint.mutable_note(), signer->Sign(FormatCheckpoint(signed_text)));
  return checkpoint;
}

absl::StatusOr<std::string> Notary::Prove(const Tree& tree, Position position,
                                          const std::string& note) {
  if (position.value == 0 || position.value > tree.size) {
    return absl::OutOfRangeError(absl::StrCat("timeline \"", tree.timeline, "\": position ",
                                              position.value, " is none of the first ", tree.size,
                                              " events, which the checkpoint is of"));
  }
  TlogProof proof{.index = position.value - 1, .checkpoint = note};
  ANNALS_ASSIGN_OR_RETURN(proof.extra, BytesOf(*log_, tree.timeline, position));
  ANNALS_ASSIGN_OR_RETURN(proof.path, ProveInclusion(proof.index, tree.size, tree.nodes));
  return FormatTlogProof(proof);
}

absl::StatusOr<v1::SignedCheckpoint> Notary::GetCheckpoint(
    const v1::GetCheckpointRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Tree tree, TreeOf(request.timeline(), SizeOf(request), "size"));
  return Sign(tree);
}

absl::StatusOr<v1::EventProof> Notary::ProveEvent(const v1::ProveEventRequest& request) {
  // First of all: an event that was found is one of the events that there are.
  ANNALS_ASSIGN_OR_RETURN(const Position position, PositionOf(request, *log_));
  ANNALS_ASSIGN_OR_RETURN(const Tree tree, TreeOf(request.timeline(), SizeOf(request), "size"));
  ANNALS_ASSIGN_OR_RETURN(const v1::SignedCheckpoint checkpoint, Sign(tree));
  v1::EventProof proof;
  proof.set_position(position.value);
  proof.set_size(tree.size);
  ANNALS_ASSIGN_OR_RETURN(*proof.mutable_proof(), Prove(tree, position, checkpoint.note()));
  return proof;
}

absl::StatusOr<v1::ConsistencyProof> Notary::ProveConsistency(
    const v1::ProveConsistencyRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Tree newer, TreeOf(request.timeline(), SizeOf(request), "to"));
  ANNALS_ASSIGN_OR_RETURN(const Tree older, TreeOf(request.timeline(), request.from(), "from"));
  if (older.size > newer.size) {
    return absl::OutOfRangeError(absl::StrCat("`from` is ", older.size, " and `to` is ", newer.size,
                                              ": the older checkpoint comes first"));
  }
  ConsistencyText text;
  ANNALS_ASSIGN_OR_RETURN(text.path, annals::ProveConsistency(older.size, newer.size, newer.nodes));
  ANNALS_ASSIGN_OR_RETURN(v1::SignedCheckpoint checkpoint, Sign(older));
  text.old_checkpoint = std::move(*checkpoint.mutable_note());
  ANNALS_ASSIGN_OR_RETURN(checkpoint, Sign(newer));
  text.new_checkpoint = std::move(*checkpoint.mutable_note());
  v1::ConsistencyProof proof;
  proof.set_from(older.size);
  proof.set_to(newer.size);
  proof.set_proof(FormatConsistency(text));
  return proof;
}

absl::Status Notary::AddProofs(const std::string& timeline, v1::AppendResponse* response) {
  uint64_t last = 0;
  for (const v1::Receipt& receipt : response->receipts()) last = std::max(last, receipt.position());
  ANNALS_ASSIGN_OR_RETURN(const Tree tree, TreeOf(timeline, last, "size"));
  ANNALS_ASSIGN_OR_RETURN(const v1::SignedCheckpoint checkpoint, Sign(tree));
  for (v1::Receipt& receipt : *response->mutable_receipts()) {
    ANNALS_ASSIGN_OR_RETURN(*receipt.mutable_proof(),
                            Prove(tree, {receipt.position()}, checkpoint.note()));
  }
  return absl::OkStatus();
}

}  // namespace annals
