// EventLog: every timeline's events, append-only and totally ordered.
//
//   ANNALS_ASSIGN_OR_RETURN(auto folder, storage::StoreFolder::Open(path, {}));
//   ANNALS_ASSIGN_OR_RETURN(auto log, EventLog::Open(folder.get(), &types, {}));
//   ANNALS_ASSIGN_OR_RETURN(auto receipts, log->Append({.timeline = "t", .events = events}));
#ifndef ANNALS_ENGINE_LOG_EVENT_LOG_H_
#define ANNALS_ENGINE_LOG_EVENT_LOG_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/base/position.h"
#include "engine/log/append.h"
#include "engine/log/census.h"
#include "engine/log/event_bytes_reader.h"
#include "engine/log/event_reader.h"
#include "engine/log/payload_types.h"
#include "engine/log/redaction.h"
#include "engine/log/timeline_settings.h"
#include "engine/privacy/field_sealer.h"
#include "engine/proof/merkle_tree.h"
#include "engine/storage/store_folder.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Positions are dense from 1 in every timeline, revisions dense from 1 in every
// stream, and recorded_at never goes back. What Append acknowledged is on disk,
// unless its receipt says otherwise. Thread-safe. The Database and the PayloadTypes must
// outlive it.
class EventLog {
 public:
  struct Options {
    const Clock* clock = Clock::System();
    // Draws ids for events that have none; by default a random UUID.
    std::function<std::string()> draw_id;
    // Draws what salts payloads; by default from the system's generator.
    std::function<std::string(size_t count)> draw_bytes;
    // Seals sensitive fields. Null: they are recorded as they are stated. Must outlive
    // the log.
    const FieldSealer* sealer = nullptr;
  };

  // Recovers the timelines from the store, whose own opening has compared it with
  // the durable head. A store from before there were trees gets their tiles first,
  // which costs a scan of its log.
  //   DATA_LOSS            the log contradicts itself; the message says where
  //   FAILED_PRECONDITION  a timeline's zone isn't on this machine; the look-ups
  //                        were being rebuilt
  static absl::StatusOr<std::unique_ptr<EventLog>> Open(storage::StoreFolder* folder,
                                                        const PayloadTypes* types, Options options);
  virtual ~EventLog() = default;

  // Appends all events or none; concurrent calls share one synced write.
  // An event whose id and bytes are already there gets its first receipt.
  //   INVALID_ARGUMENT   an event is malformed; its dates cross; its type is unknown
  //   NOT_FOUND          the timeline, a cited source or a correction's target
  //   ALREADY_EXISTS     the id is taken by an event with other bytes; the timeline
  //                      that is to be created
  //   ABORTED            a stream is not at the expected revision
  //   RESOURCE_EXHAUSTED a limit (engine/log/limits.h) or the disk
  //   FAILED_PRECONDITION a copy isn't the timeline's next event; or a former write
  //                      failed: close the store and open it again
  // The message begins with the event's number in the batch and its id.
  virtual absl::StatusOr<std::vector<Receipt>> Append(AppendRequest request) = 0;

  // The timelines' names, sorted.
  virtual std::vector<std::string> Timelines() const = 0;

  // NOT_FOUND if there is no such timeline; the message names those there are.
  virtual absl::StatusOr<TimelineSettings> Settings(absl::string_view timeline) const = 0;

  // The last durable position, and when it was recorded. NOT_FOUND as above.
  struct Head {
    Position position;
    Instant recorded_at;
  };
  virtual absl::StatusOr<Head> GetHead(absl::string_view timeline) const = 0;

  // One event. NOT_FOUND if the timeline or the id is unknown; OUT_OF_RANGE if
  // the position is 0 or beyond the head.
  virtual absl::StatusOr<v1::Event> Read(absl::string_view timeline, Position position) const = 0;
  virtual absl::StatusOr<v1::Event> Find(absl::string_view timeline,
                                         absl::string_view id) const = 0;

  // The events after `after`, in order of position.
  virtual absl::StatusOr<std::unique_ptr<EventReader>> ReadAfter(absl::string_view timeline,
                                                                 Position after) const = 0;

  // The same, without decoding them. UNIMPLEMENTED by a log that keeps no bytes.
  virtual absl::StatusOr<std::unique_ptr<EventBytesReader>> ReadBytesAfter(
      absl::string_view timeline, Position after) const;

  // The events of one stream, or of one payload type (full name), after
  // `after`, in order of position. Costs what it returns.
  virtual absl::StatusOr<std::unique_ptr<EventReader>> ReadStream(absl::string_view timeline,
                                                                  absl::string_view stream,
                                                                  Position after) const = 0;
  virtual absl::StatusOr<std::unique_ptr<EventReader>> ReadType(absl::string_view timeline,
                                                                absl::string_view type,
                                                                Position after) const = 0;

  // Reads the full subtrees of the timeline's Merkle tree, whose leaf p − 1 is
  // EventLeafHash (engine/proof/event_leaf.h) of the event at position p: for trees
  // of every size up to the head as it is now. The log must outlive it. The functions
  // of engine/proof/merkle_tree.h do the rest:
  //
  //   ANNALS_ASSIGN_OR_RETURN(const NodeReader nodes, log.TreeNodes("t"));
  //   ANNALS_ASSIGN_OR_RETURN(const TreeHash root, RootOf(head.position.value, nodes));
  //
  // Thread-safe, as is what it returns. UNIMPLEMENTED by a log that keeps no tree.
  virtual absl::StatusOr<NodeReader> TreeNodes(absl::string_view timeline) const;

  // Which payloads are gone. NOT_FOUND as above. By default none.
  virtual absl::StatusOr<RedactionsPtr> GetRedactions(absl::string_view timeline) const;

  // Costs a walk over the timeline's type keys.
  using Census = annals::Census;
  virtual absl::StatusOr<Census> TakeCensus(absl::string_view timeline) const = 0;

  // Calls `listener` after every durable commit, on the committing thread: it
  // must return at once. Cannot be undone: the listener outlives the log's use.
  virtual void AddCommitListener(std::function<void()> listener) = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_EVENT_LOG_H_
