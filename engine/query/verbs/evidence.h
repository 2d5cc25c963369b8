// EvidenceReader: the events behind a cell.
#ifndef ANNALS_ENGINE_QUERY_VERBS_EVIDENCE_H_
#define ANNALS_ENGINE_QUERY_VERBS_EVIDENCE_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/query/view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Reads each event at most once, as the cells of a view share theirs. Lives for
// one question; the log and the index must outlive it. Not thread-safe.
class EvidenceReader {
 public:
  EvidenceReader(const EventLog* log, const TemporalIndex* index, absl::string_view timeline)
      : log_(log), index_(index), timeline_(timeline) {}

  // The positions that the sources stand for in the slice, ascending and
  // distinct: at most `limit` of those after `after`.
  //   INTERNAL  a source names a position outside the slice: a bug of the view
  //   others    TemporalIndex's
  absl::StatusOr<std::vector<Position>> Positions(const std::vector<EvidenceSource>& sources,
                                                  const Slice& slice, Position after,
                                                  size_t limit) const;

  // The event at a position. Valid as long as the reader.
  absl::StatusOr<const v1::Event*> Event(Position position);

  const EventLog& log() const { return *log_; }

  // Adds the first `limit` events behind a cell with a value, each with who
  // claims it and where. INTERNAL if there are none.
  absl::Status Append(const WorldCell& cell, const Slice& slice, size_t limit,
                      google::protobuf::RepeatedPtrField<v1::Evidence>* evidence);

 private:
  absl::StatusOr<std::vector<Position>> PositionsOf(const EvidenceSource& source,
                                                    const Slice& slice, Position after,
                                                    size_t limit) const;

  const EventLog* const log_;
  const TemporalIndex* const index_;
  const std::string timeline_;
  std::map<Position, v1::Event> events_;
};

// What a value whose sources turn out to be empty is answered with.
absl::Status NoEvidence();

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_EVIDENCE_H_
