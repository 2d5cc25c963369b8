// GenerationBuilder: takes events into one generation of one projection.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_BUILDER_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_BUILDER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/index/following/arrival.h"
#include "engine/index/following/generation.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_options.h"
#include "engine/index/measure/generation_index.h"
#include "engine/index/measure/measure_index.h"
#include "engine/index/projection.h"
#include "engine/storage/database.h"

namespace annals {

// What the projection fails on leaves nothing: the builder stops before that
// event, and stays so. What it has taken in is in memory until it is stored; a
// crash takes it back to generation().position, and the log has the rest.
//
// Not thread-safe, but readers may use its index(). What it is given must outlive
// it.
class GenerationBuilder {
 public:
  // `generation` must be of the projection's version. Errors: those of
  // GenerationIndex::Open.
  static absl::StatusOr<std::unique_ptr<GenerationBuilder>> Open(
      const IndexOptions& options, storage::Database* database, forest::PageCache* cache,
      IndexKeys keys, std::string timeline, const Projection* projection, Generation generation);

  const Projection& projection() const { return *projection_; }
  const std::shared_ptr<GenerationIndex>& index() const { return index_; }
  // As stored: `position` is how far that is.
  const Generation& generation() const { return generation_; }
  // Every event up to here is in.
  Position position() const { return position_; }
  // FAILED_PRECONDITION if the projection failed: names it, the event, the
  // reason and the way out.
  const absl::Status& status() const { return status_; }

  // Takes in what follows position(). An error is the database's; then what is in
  // memory is of no use any more.
  absl::Status TakeIn(const Arrivals& arrivals);

  // How long taking in took the last time: who has the most to do had better begin first.
  std::chrono::nanoseconds last_took() const { return last_took_; }

  // There is enough in memory to be stored.
  bool IsFull() const;

  // Stores all, with this state. The database's errors.
  absl::Status Store(GenerationState state);

  // The same in two steps: all tasks, at the same time if one likes, then Commit().
  using Task = std::function<absl::Status()>;
  std::vector<Task> StagingTasks();
  absl::Status Commit(GenerationState state);

  // What is stored names runs that merges have replaced since.
  bool HasUncommittedMerges() const;

 private:
  GenerationBuilder(const IndexOptions& options, storage::Database* database, IndexKeys keys,
                    std::string timeline, const Projection* projection, Generation generation,
                    std::shared_ptr<GenerationIndex> index);

  // What an event is about to contribute.
  struct Foreseen {
    Contributions contributions;
    std::vector<MeasureIndex::ListNames> names;  // Of each one's lists; maybe some more.
    absl::Status status;                         // Of the projection.
  };

  void Foresee(const DecodedEvent& event, Foreseen* foreseen);
  absl::Status TakeInOne(const DecodedEvent& event, const std::vector<CorrectedEvent>& corrected,
                         const Foreseen& foreseen);
  // Makes corrected_ the contributions of the events that `event` corrects.
  absl::Status ProjectCorrected(const std::vector<CorrectedEvent>& corrected);
  absl::Status Contribute(const DecodedEvent& event, Contributions* contributions) const;
  absl::Status Change(const CorrectedEvent& corrected, const Contributions& contributions,
                      Position arrival);
  void Stop(const DecodedEvent& event, absl::string_view reason);
  bool is_building() const { return generation_.state == GenerationState::kBuilding; }
  void SizeTails();

  const IndexOptions options_;
  storage::Database* const database_;
  const IndexKeys keys_;
  const std::string timeline_;
  const Projection* const projection_;
  Generation generation_;
  const std::shared_ptr<GenerationIndex> index_;
  Position position_;
  absl::Status status_;
  std::vector<storage::Batch> staged_;
  std::chrono::nanoseconds last_took_{0};
  // Memory to use again: of the next events, and of those that the one at hand corrects.
  std::vector<Foreseen> foreseen_;
  std::vector<Contributions> corrected_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_BUILDER_H_
