// GenerationBuilder: takes events into one generation of one projection.
#ifndef ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_
#define ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/arrival.h"
#include "engine/index/generation.h"
#include "engine/index/generation_index.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_options.h"
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

  // Takes in what follows position(), and stores it when there is enough. An
  // error is the database's; then what is in memory is of no use any more.
  absl::Status TakeIn(const std::vector<Arrival>& arrivals);

  // Stores all, with this state. The database's errors.
  absl::Status Store(GenerationState state);

  // What is stored names runs that merges have replaced since.
  bool HasUncommittedMerges() const;

 private:
  struct Projected {
    const DecodedEvent* event;
    const WorldSteps* steps;  // Null: it is stated.
    std::vector<Contribution> contributions;
  };

  GenerationBuilder(const IndexOptions& options, storage::Database* database, IndexKeys keys,
                    std::string timeline, const Projection* projection, Generation generation,
                    std::shared_ptr<GenerationIndex> index);

  // False: the projection failed on it, or on an event that it corrects.
  bool Project(const Arrival& arrival, std::vector<Projected>* projected);
  absl::StatusOr<std::vector<Contribution>> ContributionsOf(const DecodedEvent& event) const;
  absl::Status Add(const Projected& projected, Position arrival);
  bool IsFull() const;
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
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_
