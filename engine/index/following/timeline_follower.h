// TimelineFollower: keeps one timeline's projections up with its log.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_TIMELINE_FOLLOWER_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_TIMELINE_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/base/work_crew.h"
#include "engine/index/answering/planned_index.h"
#include "engine/index/answering/served_projections.h"
#include "engine/index/following/arrival.h"
#include "engine/index/following/arrival_reader.h"
#include "engine/index/following/generation.h"
#include "engine/index/following/generation_builder.h"
#include "engine/index/following/rebuild_ticket.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_options.h"
#include "engine/index/pages/page_cache.h"
#include "engine/index/projection.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/log/timeline_settings.h"
#include "engine/storage/database.h"

namespace annals {

// A projection has the generation that readers see, one that is being built
// beside it, or both; each knows how far it is, and those that are as far take
// in their next batch of events together. What it is given must outlive it.
class TimelineFollower {
 public:
  struct Workplace {
    storage::Database* database;
    const EventLog* log;
    const PayloadTypes* types;
    forest::PageCache* cache;
    WorkCrew* following;
    WorkCrew* answering;
  };

  TimelineFollower(const IndexOptions& options, const Workplace& workplace,
                   TimelineSettings settings, std::vector<const Projection*> projections);

  // Of one thread: takes in one batch of events for each generation that is
  // behind. Whether there is more to do at once. A failure to read, decode or
  // write stops the timeline, until a rebuild or the next start.
  bool Advance();
  // After the last Advance(): stores what is in memory, and tells all who wait
  // that nothing more comes.
  void Close();

  // Of another thread: makes one merge for each generation that has one due.
  // Whether there was any. Stops early if that is requested.
  bool Maintain(const std::stop_token& stop);
  // Of any thread: the next Advance() that has nothing to take in stores what merges
  // changed.
  void Rest() { rests_.store(true); }

  // Of any thread. Advance() must be called after RequestRebuild().
  std::shared_ptr<RebuildTicket> RequestRebuild();
  // Whether a generation that isn't served any more still waits to be deleted, which
  // Advance() does once nobody reads it.
  bool HasRetired() const { return has_retired_.load(); }
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

  // A generation that is not served any more, as long as someone reads it.
  struct Retired {
    Generation generation;
    std::shared_ptr<const GenerationIndex> index;  // May be null.
  };

  absl::StatusOr<bool> Step();
  absl::Status Load();
  absl::Status DropOtherFormat();
  absl::StatusOr<bool> Claim(const Generation& generation);
  absl::StatusOr<std::unique_ptr<GenerationBuilder>> OpenBuilder(const Projection& projection,
                                                                 const Generation& generation);
  absl::Status StartBuilding(Slot* slot);
  absl::Status StartRebuild();
  absl::Status AdvanceTogether(Position after, const std::vector<GenerationBuilder*>& builders,
                               Position head);
  absl::Status StoreTogether(const std::vector<GenerationBuilder*>& builders,
                             std::optional<GenerationState> state);
  absl::Status SwapFinished(Position head);
  absl::Status StoreMerged();
  absl::Status Retire(Generation generation, std::shared_ptr<const GenerationIndex> index);
  absl::Status DeleteRetired();
  void Publish();
  void TellTickets(Position head);
  void Fail(const absl::Status& status);
  std::vector<GenerationBuilder*> Builders() const;
  std::vector<GenerationBuilder*> Behind(Position head) const;

  const IndexOptions options_;
  const Workplace workplace_;
  const TimelineSettings settings_;
  const IndexKeys keys_;
  ServedProjections served_;
  PlannedIndex index_;

  // Of the following thread alone.
  ArrivalReader arrivals_;
  std::vector<Slot> slots_;
  std::vector<Retired> retired_;
  uint32_t next_generation_ = 1;
  bool loaded_ = false;
  absl::Status failure_;
  std::vector<std::shared_ptr<RebuildTicket>> tickets_;
  absl::Status rebuild_status_;  // Of the rebuild that the tickets wait for.

  std::atomic<bool> is_behind_ = false;  // Whether there is something to take in.
  std::atomic<bool> rests_ = false;
  std::atomic<bool> has_retired_ = false;

  Mutex mutex_;
  std::vector<std::shared_ptr<RebuildTicket>> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<GenerationIndex>> maintained_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_TIMELINE_FOLLOWER_H_
