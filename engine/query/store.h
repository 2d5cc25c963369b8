// Store: one data folder, opened with everything that works on it.
//
//   ANNALS_ASSIGN_OR_RETURN(auto store, Store::Open(folder, &domains, {}));
//   store->log().Append(…);
//   store->queries().AsOf(…);
#ifndef ANNALS_ENGINE_QUERY_STORE_H_
#define ANNALS_ENGINE_QUERY_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/erasure/eraser.h"
#include "engine/index/following/projection_runner.h"
#include "engine/index/index_options.h"
#include "engine/keys/key_folder.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/privacy/field_sealer.h"
#include "engine/privacy/subject_keys.h"
#include "engine/query/domain.h"
#include "engine/query/query_engine.h"
#include "engine/storage/store_folder.h"

namespace annals {

// Holds the folder's lock while it lives. Thread-safe. `domains` must outlive it.
class Store {
 public:
  struct Options {
    const Clock* clock = Clock::System();
    std::function<std::string()> draw_id;  // Absent: random UUIDs.
    storage::Database::Options database;
    IndexOptions index;
    std::string keys;  // The folder of its keys. Absent: `keys`, in the store's own.
  };

  // An empty store in `folder`, which is made if need be. ALREADY_EXISTS if
  // there is one; FAILED_PRECONDITION if the folder holds anything else.
  static absl::Status Create(const std::string& folder);

  // Erasures that were interrupted are finished first, which may take as long as a
  // rebuild of the projections.
  // NOT_FOUND if there is no store; UNAVAILABLE if a process has it open (the
  // message says which); DATA_LOSS as EventLog::Open; INVALID_ARGUMENT if two
  // domains or two projections share a name.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& folder,
                                                     const std::vector<Domain>* domains,
                                                     const Options& options);

  EventLog& log() { return *log_; }
  ProjectionRunner& projections() { return *runner_; }
  const QueryEngine& queries() const { return *queries_; }
  const PayloadTypes& types() const { return types_; }
  storage::StoreFolder& folder() { return *folder_; }
  KeyFolder& keys() { return *keys_; }
  // Whether events of the timeline may have sensitive fields. False if there is none.
  bool IsSensitive(absl::string_view timeline) const;
  const FieldSealer& sealer() const { return *sealer_; }
  Eraser& eraser() { return *eraser_; }
  // How finishing the erasures went that were interrupted before the store was opened.
  const absl::Status& unfinished_erasure() const { return unfinished_erasure_; }
  const std::vector<Domain>& domains() const { return *domains_; }
  const Clock* clock() const { return clock_; }

 private:
  Store() = default;

  // In the order in which they need each other: the last is destroyed first.
  const std::vector<Domain>* domains_ = nullptr;
  const Clock* clock_ = nullptr;
  PayloadTypes types_;
  std::unique_ptr<KeyFolder> keys_;
  std::unique_ptr<storage::StoreFolder> folder_;
  std::unique_ptr<SubjectKeys> subject_keys_;
  std::unique_ptr<FieldSealer> sealer_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<ProjectionRunner> runner_;
  std::unique_ptr<Eraser> eraser_;
  absl::Status unfinished_erasure_;
  std::unique_ptr<QueryEngine> queries_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_STORE_H_
