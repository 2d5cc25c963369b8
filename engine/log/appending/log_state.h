// LogState: the log as the next commit finds it.
#ifndef ANNALS_ENGINE_LOG_APPENDING_LOG_STATE_H_
#define ANNALS_ENGINE_LOG_APPENDING_LOG_STATE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/base/two_generation_cache.h"
#include "engine/log/appending/source_info.h"
#include "engine/log/timeline_directory.h"
#include "engine/log/timeline_settings.h"
#include "engine/log/tree_tiles.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/database.h"

namespace annals {

// Answers from the database and from bounded caches of it. Used by one thread at
// a time, while no commit is being written; the commit then tells it what
// changed. The database and the directory must outlive it.
class LogState {
 public:
  LogState(const storage::Database* database, const TimelineDirectory* timelines)
      : database_(database), timelines_(timelines) {}

  // The position of the event with this key (EventIdKey), if there is one; of
  // many at once.
  absl::StatusOr<std::optional<Position>> FindId(absl::string_view id_key) const;
  absl::StatusOr<std::vector<std::optional<Position>>> FindIds(
      const std::vector<std::string>& id_keys) const;

  // The stored record at a position. DATA_LOSS if it is missing.
  absl::StatusOr<std::string> ReadRecord(uint32_t timeline, Position position) const;

  // The edge of the timeline's tree at its head.
  absl::StatusOr<std::shared_ptr<const TreeEdge>> ReadTree(const TimelineState& timeline) const {
    return ReadTreeEdge(*database_, timeline);
  }

  // The revision of a stream's last event; 0 if it has none. By StreamPrefix.
  absl::StatusOr<uint64_t> StreamRevision(absl::string_view stream_prefix);

  // Null if it was never registered. Valid until the next call.
  absl::StatusOr<const SourceInfo*> FindSource(const TimelineSettings& settings,
                                               absl::string_view source);

  std::optional<TimelineState> FindTimeline(absl::string_view name) const;
  uint32_t timeline_count() const { return timelines_->Count(); }

  // Tells what a commit changed.
  void SetStreamRevision(absl::string_view stream_prefix, uint64_t revision);
  void SetSource(std::string stream_prefix, SourceInfo source);

 private:
  absl::StatusOr<uint64_t> ReadStreamRevision(absl::string_view stream_prefix) const;
  absl::StatusOr<std::optional<SourceInfo>> ReadSource(const TimelineSettings& settings,
                                                       const std::string& stream_prefix) const;

  static constexpr size_t kStreamsCached = 32'768;
  static constexpr size_t kSourcesCached = 4'096;

  const storage::Database* const database_;
  const TimelineDirectory* const timelines_;
  TwoGenerationCache<uint64_t> streams_{kStreamsCached};
  TwoGenerationCache<SourceInfo> sources_{kSourcesCached};
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_LOG_STATE_H_
