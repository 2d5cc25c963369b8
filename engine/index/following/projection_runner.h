// ProjectionRunner: keeps the contributions of every timeline up with the log.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_PROJECTION_RUNNER_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_PROJECTION_RUNNER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/index/index_options.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/storage/database.h"

namespace annals {

// How far one projection of one timeline is.
struct ProjectionProgress {
  std::string projection;
  uint32_t version = 0;
  Position position;    // Every event up to here is in.
  absl::Status status;  // Not OK: stopped at position + 1, and why.
};

// Follows the log on threads of its own, for every timeline with the projections
// of its domain. Its work is derived and unsynced: after a crash it goes on from
// the position that what it stored carries. A projection whose version
// changed is built beside the old rows and swapped in whole. Thread-safe. The
// Database, the EventLog, the PayloadTypes and the projections must outlive it.
class ProjectionRunner {
 public:
  // The projections of a timeline of `domain` ("": none was named). Called on
  // any thread, by one at a time.
  using Catalog = std::function<std::vector<const Projection*>(absl::string_view domain)>;

  static absl::StatusOr<std::unique_ptr<ProjectionRunner>> Start(const IndexOptions& options,
                                                                 storage::Database* database,
                                                                 EventLog* log,
                                                                 const PayloadTypes* types,
                                                                 Catalog catalog);
  // Stops after the batch at hand.
  virtual ~ProjectionRunner() = default;

  // Waits until every projection of the timeline has taken in `position`, or
  // has stopped on an event. NOT_FOUND if there is no such timeline;
  // FAILED_PRECONDITION if following the log itself failed (the reason is in
  // the message). A stopped projection is not an error here: whoever reads its
  // measures gets it.
  virtual absl::Status WaitFor(absl::string_view timeline, Position position) = 0;

  // The timeline's index; lives as long as the runner. NOT_FOUND if there is no
  // such timeline.
  virtual absl::StatusOr<const TemporalIndex*> Index(absl::string_view timeline) = 0;

  virtual absl::StatusOr<std::vector<ProjectionProgress>> Progress(absl::string_view timeline) = 0;

  // Builds every projection of the timeline from the log anew, beside the old
  // rows, and swaps them in whole; also starts a stopped projection again. What was
  // being built is begun anew. Returns when the old rows are deleted as well, so it
  // waits for those who still read them.
  // `report` is called now and then, with the events done and the head.
  virtual absl::Status Rebuild(absl::string_view timeline,
                               const std::function<void(Position, Position)>& report) = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_PROJECTION_RUNNER_H_
