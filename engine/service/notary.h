// Notary: signs what a store's timelines came to, and proves what is in them.
//
//   Notary notary(&log, &keys);
//   ANNALS_ASSIGN_OR_RETURN(const v1::SignedCheckpoint checkpoint, notary.GetCheckpoint(request));
#ifndef ANNALS_ENGINE_SERVICE_NOTARY_H_
#define ANNALS_ENGINE_SERVICE_NOTARY_H_

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/keys/key_folder.h"
#include "engine/log/event_log.h"
#include "engine/proof/merkle_tree.h"
#include "proto/annals/v1/proof.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// Every proof costs the logarithm of the timeline's size, and at most 255 events that
// are read again. Requests' errors are those that proto/annals/v1/service.proto lists.
// Thread-safe. The log and the keys must outlive it.
class Notary {
 public:
  Notary(const EventLog* log, KeyFolder* keys) : log_(log), keys_(keys) {}

  absl::StatusOr<v1::SignedCheckpoint> GetCheckpoint(const v1::GetCheckpointRequest& request);
  absl::StatusOr<v1::EventProof> ProveEvent(const v1::ProveEventRequest& request);
  absl::StatusOr<v1::ConsistencyProof> ProveConsistency(const v1::ProveConsistencyRequest& request);

  // Whether there is a key to sign with; makes it if need be.
  absl::Status CheckCanSign() { return keys_->Signer().status(); }

  // Gives every receipt the proof of its event, by one checkpoint that covers them all.
  absl::Status AddProofs(const std::string& timeline, v1::AppendResponse* response);

  // What the first `size` events come to, up to the head. The last few are kept.
  absl::StatusOr<TreeHash> RootOf(const std::string& timeline, Position size);

 private:
  // A timeline's tree at one size.
  struct Tree {
    std::string timeline;
    uint64_t size = 0;
    NodeReader nodes;
  };
  struct KnownRoot {
    std::string timeline;
    uint64_t size = 0;
    TreeHash root;
  };

  // `size` absent: of all events. OUT_OF_RANGE if there isn't a tree of that size;
  // `called` is what the request calls it.
  absl::StatusOr<Tree> TreeOf(const std::string& timeline, std::optional<uint64_t> size,
                              absl::string_view called) const;
  std::optional<TreeHash> FindRoot(absl::string_view timeline, uint64_t size);
  absl::StatusOr<TreeHash> RootOf(const Tree& tree);
  absl::StatusOr<v1::SignedCheckpoint> Sign(const Tree& tree);
  absl::StatusOr<std::string> Prove(const Tree& tree, Position position, const std::string& note);

  const EventLog* const log_;
  KeyFolder* const keys_;

  Mutex mutex_;
  std::list<KnownRoot> roots_ ABSL_GUARDED_BY(mutex_);  // The latest first.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_NOTARY_H_
