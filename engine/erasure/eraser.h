// Eraser: takes payloads, and what was made of them, out of a store for good; and
// destroys subjects' keys.
//
//   Eraser eraser({.database = …, .log = …, .projections = …, .keys = …});
//   ANNALS_RETURN_IF_ERROR(eraser.Finish(nullptr));
//   eraser.Redact({.timeline = "t", .events = {"a"}, .decision = …}, nullptr);
#ifndef ANNALS_ENGINE_ERASURE_ERASER_H_
#define ANNALS_ENGINE_ERASURE_ERASER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/following/projection_runner.h"
#include "engine/log/event_log.h"
#include "engine/privacy/subject_keys.h"
#include "engine/storage/database.h"

namespace annals {

// Why something is erased, as it is recorded. All are required.
struct ErasureDecision {
  std::string reason;
  std::string authority;  // What obliges to it: a court and its file number, a law.
  std::string editor;     // Who decided: a lower-case identifier.
};

struct RedactionOrder {
  std::string timeline;
  std::vector<std::string> events;  // Ids; 1 to 1,000.
  ErasureDecision decision;
};

struct ForgettingOrder {
  std::string timeline;
  std::string subject;
  ErasureDecision decision;
};

// What is erased is recorded first, as an event; then it goes. If that is interrupted,
// Finish() goes on with it. One erasure at a time; thread-safe. What it is given must
// outlive it.
class Eraser {
 public:
  struct Parts {
    storage::Database* database;
    EventLog* log;
    ProjectionRunner* projections;
    SubjectKeys* keys;
  };
  // How many events the projections have taken in, of how many.
  using Report = std::function<void(Position done, Position head)>;

  explicit Eraser(const Parts& parts) : parts_(parts) {}

  // 1. An event says so, and in the same commit the payloads and their salts go from
  //    the log: nobody reads them any more.
  // 2. The timeline's projections are built anew, without them.
  // 3. Every file of the store is rewritten that may hold them.
  // Returns when all that is done. Events whose payloads are gone already are passed
  // over; without others nothing is recorded, and there is no receipt, but what an
  // interruption has left is finished.
  //   NOT_FOUND           the timeline, or an event
  //   INVALID_ARGUMENT    the decision lacks something; an event is named twice
  //   FAILED_PRECONDITION an event has no payload, or one that the store needs; after
  //                       step 1, a projection has stopped
  //   UNAVAILABLE         after step 1, a reader still holds a file: try again
  absl::StatusOr<std::optional<Receipt>> Redact(const RedactionOrder& order, const Report& report);

  // 1. An event says that the subject's key is destroyed.
  // 2. It is destroyed: whatever was sealed with it reads as erased from now on.
  // NOT_FOUND if there is no such key: nothing about the subject was ever sealed, or it
  // has been forgotten before. The disk's errors, after step 1.
  absl::StatusOr<Receipt> Forget(const ForgettingOrder& order);

  // Changes whenever something is erased, when that begins and when it is done. Whoever
  // keeps answers drops them then.
  uint64_t count() const { return count_.load(); }

  // Goes on with what was recorded, but not finished, before the program ended. The
  // errors of both, after step 1.
  absl::Status Finish(const Report& report);

 private:
  absl::StatusOr<std::optional<Receipt>> Record(const RedactionOrder& order);
  absl::StatusOr<Receipt> Append(const std::string& timeline,
                                 const google::protobuf::Message& payload);
  absl::Status FinishRedactions(const Report& report) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FinishForgetting();

  const Parts parts_;
  std::atomic<uint64_t> count_ = 0;
  Mutex mutex_;  // Held while erasing.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_ERASURE_ERASER_H_
