// Staging: the log as it would be if a commit under way had succeeded.
#ifndef ANNALS_ENGINE_LOG_APPENDING_STAGING_H_
#define ANNALS_ENGINE_LOG_APPENDING_STAGING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/base/work_crew.h"
#include "engine/log/appending/log_state.h"
#include "engine/log/appending/prepared_append.h"
#include "engine/log/appending/source_info.h"
#include "engine/log/timeline_directory.h"
#include "engine/log/timeline_settings.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"

namespace annals {

// An event that is decided, as it will be written.
struct StagedEvent {
  const PreparedEvent* prepared = nullptr;  // Has its keys.
  uint32_t timeline = 0;
  Position position;
  uint64_t revision = 0;
  std::string record;  // The value in kLog.
};

// Over the log: every question is answered from the staged events first. What a
// request staged before it was refused is dropped again. Not thread-safe; the log
// and all prepared events must outlive it.
class Staging {
 public:
  explicit Staging(LogState* log) : log_(log) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // The staged event with this key; null if there is none. Valid until another
  // is added.
  const StagedEvent* FindStaged(absl::string_view id_key) const;

  // The position of the event with this key, if there is one.
  absl::StatusOr<std::optional<Position>> FindId(absl::string_view id_key) const;

  // As those of LogState.
  absl::StatusOr<std::string> ReadRecord(uint32_t timeline, Position position) const {
    return log_->ReadRecord(timeline, position);
  }
  absl::StatusOr<std::shared_ptr<const TreeEdge>> ReadTree(const TimelineState& timeline) const {
    return log_->ReadTree(timeline);
  }
  absl::StatusOr<uint64_t> StreamRevision(absl::string_view stream_prefix);
  absl::StatusOr<const SourceInfo*> FindSource(const TimelineSettings& settings,
                                               absl::string_view source) const;
  std::optional<TimelineState> FindTimeline(absl::string_view name) const;

  // The number for a timeline that is about to be created.
  uint32_t NextTimelineNumber() const { return log_->timeline_count() + created_ + 1; }

  // Adds an event; its stream's revision has been asked for.
  void Add(StagedEvent event);

  // Adds a source's edition, registered by the event that was added last.
  absl::Status AddEdition(const TimelineSettings& settings, const SourceEdition& edition);

  // Replaces the record of an event before the one that was added last, which redacts
  // it.
  void Redact(uint32_t timeline, Position target, std::string record);

  // Says what a timeline is like after all the events that a request staged.
  void SetTimeline(TimelineState timeline);

  // How much is staged, and back to that: for a request that is refused, which
  // has not set its timeline.
  struct Mark {
    size_t events = 0;
    size_t editions = 0;
    size_t redactions = 0;
  };
  Mark mark() const { return {events_.size(), former_sources_.size(), redacted_.size()}; }
  void DropAfter(const Mark& mark);

  const std::vector<StagedEvent>& events() const { return events_; }
  const TimelineStates& timelines() const { return timelines_; }

  // Puts every staged event, and every new timeline, into the batch; has the
  // timelines' trees grow, and puts the tiles that get full into it too. INVALID_ARGUMENT
  // if what was staged is no event, which is a bug.
  absl::Status FillIn(WorkCrew* crew, storage::Batch* batch);

  // Tells the log what is durable now.
  void Settle(LogState* log);

 private:
  void FillInEvents(storage::Batch* batch) const;
  absl::Status GrowTrees(storage::Batch* batch);

  LogState* const log_;
  std::vector<StagedEvent> events_;
  // By keys of prepared events: an index into events_; a stream's revision.
  absl::flat_hash_map<absl::string_view, size_t> ids_;
  absl::flat_hash_map<absl::string_view, uint64_t> stream_revisions_;
  absl::flat_hash_map<std::string, SourceInfo> sources_;  // By stream prefix.
  // What stood in sources_ before each edition.
  std::vector<std::pair<std::string, std::optional<SourceInfo>>> former_sources_;
  struct RedactedRecord {
    uint32_t timeline;
    Position target;
    Position by;
    std::string record;
  };
  std::vector<RedactedRecord> redacted_;
  TimelineStates timelines_;
  uint32_t created_ = 0;  // How many of the timelines are new.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_STAGING_H_
