// ScriptedRun: a program that uses a store, and whose journal outlives it.
#ifndef ANNALS_TESTS_RECOVERY_SCRIPTED_RUN_H_
#define ANNALS_TESTS_RECOVERY_SCRIPTED_RUN_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/feed/feed.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "tests/model/generator.h"
#include "tests/model/naive_timeline.h"
#include "tests/recovery/journal.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/faults/faulty_disk.h"

namespace annals::recovery {

inline constexpr char kTimeline[] = "north";

// The timeline's first event.
v1::Event MakeCreation();

// Appends random events of the lighthouses domain to one timeline, while a
// subscriber follows it. What it does follows from the seed. Not thread-safe.
class ScriptedRun {
 public:
  // Moments are read from `disk`, which may be null and must outlive it.
  ScriptedRun(std::string folder, uint64_t seed, const testing::FaultyDisk* disk);

  // What a former run knew, which this one goes on from: it must be checked by
  // Recover() before anything is appended. The clock is then later than it can have
  // been before: what was attempted under a clock that moved on is dated by that.
  void Inherit(Journal journal);

  absl::Status Create();
  absl::Status Open();
  void Close();

  // Appends so many times; moves the clock, reopens the store. Stops when an append
  // fails or the store can't be opened, but tries one more append.
  absl::Status Run(int appends);

  // Opens what a fault left, checks it, repeats an append of unknown outcome, goes
  // on for a few appends, opens it again and checks that. Returns what is wrong, for
  // a person to read; "" if nothing is.
  std::string Recover();

  // The same without going on, for the many times that something is looked at twice.
  std::string Look();

  // Repeats what has an unknown outcome, and appends a little more.
  absl::Status GoOn();

  // Opens it, and if that succeeds closes it again. The status of opening.
  absl::Status TryToOpen();

  Store* store() { return store_.get(); }
  const Journal& journal() const { return journal_; }
  testing::FakeClock& clock() { return clock_; }

 private:
  size_t Moment() const { return disk_ == nullptr ? 0 : disk_->now(); }
  absl::Status Append(AppendRequest request);
  absl::Status Repeat(size_t attempt);
  // Only such as a healthy store takes in, and whose events are all new.
  bool IsUsable(const AppendRequest& request);
  absl::Status AppendNext();
  absl::Status Follow();

  const std::string folder_;
  const uint64_t seed_;
  const testing::FaultyDisk* const disk_;
  const std::vector<Domain> domains_;
  testing::FakeClock clock_;
  model::Random random_;
  model::Generator generator_;
  model::NaiveTimeline naive_;  // If every append had succeeded.
  std::set<std::string> ids_;
  Journal journal_;
  uint64_t extra_ = 0;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<Subscription> subscription_;
};

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_SCRIPTED_RUN_H_
