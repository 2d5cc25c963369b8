// TimelineFollower: keeps one timeline's projections up with its log.
#ifndef ANNALS_ENGINE_INDEX_TIMELINE_FOLLOWER_H_
#define ANNALS_ENGINE_INDEX_TIMELINE_FOLLOWER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/correction_index.h"
#include "engine/index/generation.h"
#include "engine/index/generation_builder.h"
#include "engine/index/index_keys.h"
#include "engine/index/projection.h"
#include "engine/index/rebuild_ticket.h"
#include "engine/index/scan_index.h"
#include "engine/index/served_projections.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/log/timeline_settings.h"
#include "engine/storage/database.h"

namespace annals {

// A projection has the generation that readers see, one that is being built
// beside it, or both; each knows how far it is, and those that are as far take
// in their next batch of events together. Corrections are followed ahead of
// all. What it reads from and writes to must outlive it.
class TimelineFollower {
 public:
  TimelineFollower(storage::Database* database, const EventLog* log, const PayloadTypes* types,
                   TimelineSettings settings, std::vector<const Projection*> projections);

  // Of one thread: takes in one batch of events for each generation that is
  // behind. Whether there is more to do at once. A failure to read, decode or
  // write stops the timeline, until a rebuild or the next start.
  bool Advance();
  // After the last Advance(): tells all who wait that nothing more comes.
  void Close();

  // Of any thread. Advance() must be called after RequestRebuild().
  std::shared_ptr<RebuildTicket> RequestRebuild();
  const ServedProjections& served() const { return served_; }
  const TemporalIndex& index() const { return index_; }

 private:
  // One projection's generations.
  struct Slot {
    const Projection* projection;
    std::unique_ptr<GenerationBuilder> live;
    std::unique_ptr<GenerationBuilder> building;
    std::optional<Generation> outdated;  // Live until now, of another version.
  };

  absl::StatusOr<bool> Step();
  absl::Status Load();
  bool Claim(const Generation& generation);
  absl::Status StartBuilding(Slot* slot);
  absl::Status StartRebuild();
  absl::Status AdvanceTogether(Position after, const std::vector<GenerationBuilder*>& builders,
                               Position head);
  absl::Status Correct(const DecodedEvent& corrector,
                       const std::vector<GenerationBuilder*>& builders);
  absl::Status SwapFinished(Position head);
  absl::Status Delete(const std::vector<Generation>& generations);
  void Publish();
  void TellTickets(Position head);
  void Fail(const absl::Status& status);
  std::vector<GenerationBuilder*> Behind(Position head) const;

  storage::Database* const database_;
  const EventLog* const log_;
  const PayloadTypes* const types_;
  const TimelineSettings settings_;
  const IndexKeys keys_;
  ServedProjections served_;
  ScanIndex index_;

  // Of the following thread alone.
  CorrectionIndex corrections_;
  std::vector<Slot> slots_;
  uint32_t next_generation_ = 1;
  bool loaded_ = false;
  absl::Status failure_;
  std::vector<std::shared_ptr<RebuildTicket>> tickets_;
  absl::Status rebuild_status_;  // Of the rebuild that the tickets wait for.

  Mutex mutex_;
  std::vector<std::shared_ptr<RebuildTicket>> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_TIMELINE_FOLLOWER_H_
