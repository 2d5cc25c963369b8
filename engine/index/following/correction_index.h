// CorrectionIndex: which events of a timeline correct which, kept on disk.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_CORRECTION_INDEX_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_CORRECTION_INDEX_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/following/decoded_event.h"
#include "engine/index/index_keys.h"
#include "engine/log/event_log.h"
#include "engine/storage/database.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// From an event to its correctors by rows of its own, which follow the log
// ahead of the projections; from a corrector to its targets by the log itself.
// Derived: Clear() and CatchUp() make it anew. Not thread-safe. The Database and
// the EventLog must outlive it.
class CorrectionIndex final : public CorrectionGraph {
 public:
  CorrectionIndex(storage::Database* database, const EventLog* log, std::string timeline,
                  IndexKeys keys);

  // Reads how far it is. DATA_LOSS if that is damaged.
  absl::Status Load();

  // Every event up to here is in.
  Position position() const { return position_; }

  // Takes in the events after position() up to `head`, from the log. The log's
  // errors.
  absl::Status CatchUp(Position head);

  // Takes in those of `events`, which follow one another, that are after
  // position(); the first must not leave a gap. The database's errors.
  absl::Status TakeIn(const std::vector<DecodedEvent>& events);

  // Forgets all of it.
  absl::Status Clear();

  // The log's errors; DATA_LOSS if a row is damaged.
  absl::StatusOr<Node> Find(Position event) const override;
  absl::StatusOr<std::vector<Corrector>> Correctors(Position event, Position up_to) const override;

 private:
  void Stage(const v1::Event& event, storage::Batch* batch);
  absl::Status Store(storage::Batch batch);

  storage::Database* const database_;
  const EventLog* const log_;
  const std::string timeline_;
  const IndexKeys keys_;
  Position position_;
  Position stored_;  // Read again from here after a crash, which changes nothing.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_CORRECTION_INDEX_H_
