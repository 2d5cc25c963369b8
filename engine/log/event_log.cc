#include "engine/log/event_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/random_bytes.h"
#include "engine/base/status.h"
#include "engine/base/work_crew.h"
#include "engine/log/appending/commit_queue.h"
#include "engine/log/appending/group_committer.h"
#include "engine/log/appending/prepared_append.h"
#include "engine/log/appending/random_id.h"
#include "engine/log/census_taker.h"
#include "engine/log/log_reader.h"
#include "engine/log/log_recovery.h"
#include "engine/log/record.h"
#include "engine/log/text_form.h"
#include "engine/log/timeline_directory.h"
#include "engine/log/tree_tiles.h"
#include "engine/storage/database.h"

namespace annals {
namespace {

using storage::Database;
using storage::Family;

// Beside an append's own thread, where it has many events.
constexpr size_t kHelpingThreads = 1;

class StoredEventLog final : public EventLog {
 public:
  StoredEventLog(storage::StoreFolder* folder, const PayloadTypes* types, Options options,
                 TimelineStates timelines)
      : database_(folder->database()),
        types_(types),
        sealer_(options.sealer),
        draws_{options.draw_id ? std::move(options.draw_id) : DrawRandomId,
               options.draw_bytes ? std::move(options.draw_bytes) : DrawRandomBytes},
        timelines_(std::move(timelines)),
        committer_(folder, &timelines_, options.clock, &crew_),
        queue_([this](absl::Span<QueuedAppend* const> group) { committer_.Commit(group); }) {}

  absl::StatusOr<std::vector<Receipt>> Append(AppendRequest request) override {
    ANNALS_ASSIGN_OR_RETURN(PreparedAppend append, PrepareAppend(std::move(request), timelines_,
                                                                 *types_, draws_, sealer_, &crew_));
    return queue_.Submit(std::move(append));
  }

  std::vector<std::string> Timelines() const override { return timelines_.Names(); }

  absl::StatusOr<TimelineSettings> Settings(absl::string_view timeline) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return *state.settings;
  }

  absl::StatusOr<Head> GetHead(absl::string_view timeline) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return Head{state.head, state.recorded_at};
  }

  absl::StatusOr<v1::Event> Read(absl::string_view timeline, Position position) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    if (position == Position{} || position > state.head) {
      return absl::OutOfRangeError(absl::StrCat("timeline ", Quote(timeline), ": position ",
                                                position.value, " isn't in 1 to ",
                                                state.head.value));
    }
    return ReadEvent(*database_, state, position);
  }

  absl::StatusOr<v1::Event> Find(absl::string_view timeline, absl::string_view id) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    ANNALS_ASSIGN_OR_RETURN(
        const auto value,
        database_->Get(Family::kEventIds, EventIdKey(state.settings->number, id)));
    std::optional<Position> position;
    if (value) {
      ANNALS_ASSIGN_OR_RETURN(position, DecodePosition(*value));
    }
    // What is beyond the head isn't durable yet.
    if (position && *position <= state.head) return ReadEvent(*database_, state, *position);
    return absl::NotFoundError(
        absl::StrCat("timeline ", Quote(timeline), " has no event ", Quote(id)));
  }

  absl::StatusOr<std::unique_ptr<EventReader>> ReadAfter(absl::string_view timeline,
                                                         Position after) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return ReadLog(database_, state, after);
  }

  absl::StatusOr<std::unique_ptr<EventBytesReader>> ReadBytesAfter(absl::string_view timeline,
                                                                   Position after) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return ReadLogBytes(database_, state, after);
  }

  absl::StatusOr<std::unique_ptr<EventReader>> ReadStream(absl::string_view timeline,
                                                          absl::string_view stream,
                                                          Position after) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return ReadStreamOf(database_, state, stream, after);
  }

  absl::StatusOr<std::unique_ptr<EventReader>> ReadType(absl::string_view timeline,
                                                        absl::string_view type,
                                                        Position after) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return ReadTypeOf(database_, state, type, after);
  }

  absl::StatusOr<NodeReader> TreeNodes(absl::string_view timeline) const override {
    ANNALS_ASSIGN_OR_RETURN(TimelineState state, timelines_.Find(timeline));
    if (state.tree == nullptr) {
      ANNALS_ASSIGN_OR_RETURN(state.tree, ReadTreeEdge(*database_, state));
      timelines_.KeepTree(state);
    }
    return ReadTreeNodes(database_, std::move(state));
  }

  absl::StatusOr<RedactionsPtr> GetRedactions(absl::string_view timeline) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return state.redactions;
  }

  absl::StatusOr<Census> TakeCensus(absl::string_view timeline) const override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineState state, timelines_.Find(timeline));
    return TakeCensusOf(*database_, state);
  }

  void AddCommitListener(std::function<void()> listener) override {
    committer_.AddListener(std::move(listener));
  }

 private:
  const Database* const database_;
  const PayloadTypes* const types_;
  const FieldSealer* const sealer_;
  const AppendDraws draws_;
  mutable TimelineDirectory timelines_;  // Readers too keep what they made of it.
  WorkCrew crew_{kHelpingThreads};
  GroupCommitter committer_;
  CommitQueue queue_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EventBytesReader>> EventLog::ReadBytesAfter(absl::string_view,
                                                                           Position) const {
  return absl::UnimplementedError("this log keeps no bytes");
}

absl::StatusOr<RedactionsPtr> EventLog::GetRedactions(absl::string_view) const {
  return RedactionsPtr();
}

absl::StatusOr<NodeReader> EventLog::TreeNodes(absl::string_view) const {
  return absl::UnimplementedError("this log keeps no tree");
}

absl::StatusOr<std::unique_ptr<EventLog>> EventLog::Open(storage::StoreFolder* folder,
                                                         const PayloadTypes* types,
                                                         Options options) {
  const std::string store = absl::StrCat("store \"", folder->path(), "\"");
  absl::StatusOr<TimelineStates> timelines = RecoverTimelines(*folder);
  if (!timelines.ok()) return Annotate(timelines.status(), store);
  ANNALS_RETURN_IF_ERROR(Annotate(BuildMissingTiles(folder->database(), *timelines), store));
  return std::make_unique<StoredEventLog>(folder, types, std::move(options), *std::move(timelines));
}

}  // namespace annals
