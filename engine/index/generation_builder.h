// GenerationBuilder: takes events into one generation of one projection.
#ifndef ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_
#define ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/contribution_rows.h"
#include "engine/index/decoded_event.h"
#include "engine/index/generation.h"
#include "engine/index/index_keys.h"
#include "engine/index/projection.h"
#include "engine/storage/database.h"

namespace annals {

// An event that a correction takes out or brings back, and how.
struct CorrectedEvent {
  const DecodedEvent* event;
  const WorldSteps* steps;
};

// For each event: Begin(), Correct() for each event whose presence it changes,
// End(). What the projection fails on leaves no row: the builder stops before
// that event, and stays so. Not thread-safe. The projection must outlive it.
class GenerationBuilder {
 public:
  // `generation` must be of the projection's version.
  GenerationBuilder(const Projection* projection, IndexKeys keys, std::string timeline,
                    Generation generation);

  const Projection& projection() const { return *projection_; }
  const Generation& generation() const { return generation_; }
  // FAILED_PRECONDITION if the projection failed: names it, the event, the
  // reason and the way out.
  const absl::Status& status() const { return status_; }

  void Begin(const DecodedEvent& event);
  void Correct(const CorrectedEvent& corrected);
  void End();

  // What has been taken in and not written yet, about.
  size_t pending_bytes() const { return batch_.bytes(); }

  // Writes that, together with the generation's record. The database's errors.
  absl::Status Write(storage::Database* database);

  void set_state(GenerationState state) { generation_.state = state; }

 private:
  void Stage(absl::StatusOr<std::vector<IndexRow>> rows);

  const Projection* projection_;
  IndexKeys keys_;
  std::string timeline_;
  Generation generation_;
  ContributionRows rows_;
  absl::Status status_;
  const DecodedEvent* arriving_ = nullptr;
  std::vector<IndexRow> staged_;  // Of the event at hand.
  storage::Batch batch_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_GENERATION_BUILDER_H_
