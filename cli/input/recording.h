// Recording: events of a source, appended batch by batch.
#ifndef ANNALS_CLI_INPUT_RECORDING_H_
#define ANNALS_CLI_INPUT_RECORDING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "cli/input/event_text.h"
#include "engine/service/service.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

struct RecordingOptions {
  // Of events that name none. Asked for once, when the first such event comes.
  std::function<absl::StatusOr<std::string>()> default_timeline;
  // If not empty, events of any other timeline are refused.
  std::string only_timeline;
  std::string expected_revision;  // Of every batch's streams; as AppendRequest has it.
  size_t batch_events = 1'000;
  bool with_proofs = false;  // Receipts carry their events' proofs.
  // All events must be of one timeline, and either all new or all copies. Where
  // there are no more than `batch_events`, they are recorded together or not at all.
  bool one_batch = false;
  // Called before the second batch of what was to be one; absent: nobody is told.
  std::function<void()> on_split;
  // Called after every batch. An error stops the recording.
  std::function<absl::Status(const v1::AppendResponse&)> on_recorded;
};

struct RecordingTotals {
  std::string timeline;  // Of the last batch.
  uint64_t added = 0;    // New events.
  uint64_t present = 0;  // Had been recorded before.
  uint64_t head = 0;     // The highest position among the receipts.
};

// Events that carry a position or a recording time are copies and are kept as
// they were recorded; others are new claims. A batch ends when it is full (in
// events, or near kMaxBatchBytes), and where the timeline or the provenance changes. Memory is
// bounded by a batch. Errors are the source's and Service::Append's; the message begins with the
// event's place and ends with what has been recorded before.
absl::StatusOr<RecordingTotals> Record(EventSource* source, const RecordingOptions& options,
                                       Service* service);

}  // namespace annals

#endif  // ANNALS_CLI_INPUT_RECORDING_H_
