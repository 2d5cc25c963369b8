// Staging: the log as it would be if a commit under way had succeeded.
#ifndef ANNALS_ENGINE_LOG_STAGING_H_
#define ANNALS_ENGINE_LOG_STAGING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/log/log_state.h"
#include "engine/log/source_info.h"
#include "engine/log/timeline_directory.h"
#include "engine/log/timeline_settings.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"

namespace annals {

// An event that is decided, as it will be written.
struct StagedEvent {
  uint32_t timeline = 0;
  Position position;
  uint64_t revision = 0;
  std::string id_key;
  std::string stream_prefix;
  std::string type_prefix;
  std::string record;  // The value in kLog.
};

// A layer over the log, or over another layer: every question is answered from
// its own events first. One request is decided in a layer of its own, which is
// merged into its group's when the request is accepted and dropped when it is
// refused. Not thread-safe; what is below must outlive it.
class Staging {
 public:
  explicit Staging(LogState* log) : log_(log), below_(nullptr) {}
  explicit Staging(Staging* below) : log_(below->log_), below_(below) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // The position of the event with this key, if there is one, and its record.
  absl::StatusOr<std::optional<Position>> FindId(const std::string& id_key) const;
  absl::StatusOr<std::string> ReadRecord(uint32_t timeline, const std::string& id_key,
                                         Position position) const;

  // As those of LogState.
  absl::StatusOr<uint64_t> StreamRevision(const std::string& stream_prefix) const;
  absl::StatusOr<const SourceInfo*> FindSource(const TimelineSettings& settings,
                                               absl::string_view source) const;
  std::optional<TimelineState> FindTimeline(absl::string_view name) const;

  // The number for a timeline that is about to be created.
  uint32_t NextTimelineNumber() const;

  // Adds an event, and what its timeline is like with it.
  void Add(StagedEvent event, TimelineState timeline);

  // Adds a source's edition, registered by the event that was added last.
  absl::Status AddEdition(const TimelineSettings& settings, const SourceEdition& edition);

  // Moves everything into the layer below, and leaves this one empty.
  void MergeDown();

  const std::vector<StagedEvent>& events() const { return events_; }
  const TimelineStates& timelines() const { return timelines_; }

  // Puts every staged event, and every new timeline, into the batch.
  void FillIn(storage::Batch* batch) const;

  // Tells the log what is durable now.
  void Settle(LogState* log);

 private:
  const StagedEvent* FindStaged(const std::string& id_key) const;

  LogState* const log_;
  Staging* const below_;
  std::vector<StagedEvent> events_;
  absl::flat_hash_map<std::string, size_t> ids_;  // By id key, an index into events_.
  absl::flat_hash_map<std::string, uint64_t> stream_revisions_;
  absl::flat_hash_map<std::string, SourceInfo> sources_;  // By stream prefix.
  TimelineStates timelines_;
  uint32_t created_ = 0;  // How many of the timelines are new.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_STAGING_H_
