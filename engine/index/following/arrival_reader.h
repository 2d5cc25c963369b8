// ArrivalReader: the log as the projections take it in, one batch ahead of them.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_READER_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_READER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/following/arrival.h"
#include "engine/index/following/correction_index.h"
#include "engine/index/index_keys.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/log/timeline_settings.h"
#include "engine/storage/database.h"

namespace annals {

// Decodes each event once, whatever the number of projections, and finds out
// what each correction changes. Read() and ReadAhead() are for one thread at a
// time. What it is given must outlive it.
class ArrivalReader {
 public:
  using Batch = std::shared_ptr<const Arrivals>;

  ArrivalReader(storage::Database* database, const EventLog* log, const PayloadTypes* types,
                const TimelineSettings* settings, IndexKeys keys);

  // Reads how far the corrections are; anew if the log ends before that. The
  // database's and the log's errors.
  absl::Status Load(Position head);

  // Forgets the corrections: they are taken in from the log again.
  absl::Status Clear();

  // Some events after `after`, up to `head`, which is beyond it; at least one. The
  // log's errors; FAILED_PRECONDITION if a payload can't be decoded.
  absl::StatusOr<Batch> Read(Position after, Position head);

  // Makes the next Read() after `after` a short one. Its errors show there.
  void ReadAhead(Position after, Position head);

 private:
  absl::StatusOr<Batch> ReadBatch(Position after, Position head);
  std::vector<DecodedEvent> TakeSpare();
  absl::StatusOr<std::vector<CorrectedEvent>> CorrectedBy(const DecodedEvent& corrector) const;

  const EventLog* const log_;
  const PayloadTypes* const types_;
  const TimelineSettings* const settings_;
  CorrectionIndex corrections_;
  Position ahead_after_;
  std::vector<std::shared_ptr<Arrivals>> recent_;  // The last batches.
  Batch ahead_;  // What follows `ahead_after_`; null: nothing is read ahead.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_READER_H_
