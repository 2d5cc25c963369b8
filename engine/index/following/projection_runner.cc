#include "engine/index/following/projection_runner.h"

#include <chrono>
#include <map>
#include <stop_token>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"
#include "engine/base/work_crew.h"
#include "engine/index/following/timeline_follower.h"
#include "engine/index/pages/page_cache.h"

namespace annals {
namespace {

// Beside the following thread, while there is much to take in.
constexpr size_t kHelpingThreads = 1;

// So long nothing happens before forests take it that they have time.
constexpr std::chrono::milliseconds kRest{250};

// Wakes the following thread. Shared with the log's commit listener, which may
// outlive the runner. Thread-safe.
class Wakeup {
 public:
  void Wake() {
    MutexLock lock(&mutex_);
    woken_ = true;
    changed_.NotifyAll();
  }

  void Stop() {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }

  // Waits to be woken since the last call. False: stop.
  bool Await() {
    MutexLock lock(&mutex_);
    while (!woken_ && !stopping_) changed_.Wait(&mutex_);
    woken_ = false;
    return !stopping_;
  }

  // Whether it was woken, or is to stop, within `timeout`; it stays woken.
  bool AwaitFor(std::chrono::milliseconds timeout) {
    MutexLock lock(&mutex_);
    if (!woken_ && !stopping_) changed_.WaitFor(&mutex_, timeout);
    return woken_ || stopping_;
  }

  bool stopping() {
    MutexLock lock(&mutex_);
    return stopping_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

class ThreadedRunner final : public ProjectionRunner {
 public:
  ThreadedRunner(const IndexOptions& options, storage::Database* database, EventLog* log,
                 const PayloadTypes* types, Catalog catalog)
      : options_(options),
        database_(database),
        log_(log),
        types_(types),
        catalog_(std::move(catalog)),
        cache_(options.page_cache_bytes,
               [database, own = options.own_page_cache_bytes](size_t bytes) {
                 database->BorrowFromBlockCache(bytes > own ? bytes - own : 0);
               }) {
    log_->AddCommitListener([wakeup = wakeup_] { wakeup->Wake(); });
    wakeup_->Wake();
    maintenance_ = std::thread([this] { Maintain(); });
    thread_ = std::thread([this] { Run(); });
  }

  ~ThreadedRunner() override {
    closing_.request_stop();
    wakeup_->Stop();
    maintenance_wakeup_.Stop();
    thread_.join();
    maintenance_.join();
    MutexLock lock(&mutex_);
    for (const auto& [name, follower] : followers_) follower->Close();
  }

  absl::Status WaitFor(absl::string_view timeline, Position position) override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineFollower* follower, Find(timeline));
    return follower->served().WaitFor(position);
  }

  absl::StatusOr<const TemporalIndex*> Index(absl::string_view timeline) override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineFollower* follower, Find(timeline));
    return &follower->index();
  }

  absl::StatusOr<std::vector<ProjectionProgress>> Progress(absl::string_view timeline) override {
    ANNALS_ASSIGN_OR_RETURN(const TimelineFollower* follower, Find(timeline));
    const ServedProjections& served = follower->served();
    const std::vector<ServedProjections::State> states = served.States();
    const absl::Status following = served.following();
    std::vector<ProjectionProgress> progress;
    for (size_t i = 0; i < states.size(); ++i) {
      const Projection& projection = *served.projections()[i];
      progress.push_back({.projection = projection.name,
                          .version = projection.version,
                          .position = states[i].position,
                          .status = following.ok() ? states[i].status : following});
    }
    return progress;
  }

  absl::Status Rebuild(absl::string_view timeline,
                       const std::function<void(Position, Position)>& report) override {
    ANNALS_ASSIGN_OR_RETURN(TimelineFollower* const follower, Find(timeline));
    const std::shared_ptr<RebuildTicket> ticket = follower->RequestRebuild();
    wakeup_->Wake();
    ANNALS_RETURN_IF_ERROR(ticket->Wait(report));
    // Whoever reads what was replaced doesn't tell when he is done.
    constexpr std::chrono::milliseconds kPause{2};
    while (follower->HasRetired() && !wakeup_->stopping()) {
      ANNALS_RETURN_IF_ERROR(follower->served().following());
      wakeup_->Wake();
      std::this_thread::sleep_for(kPause);
    }
    return absl::OkStatus();
  }

 private:
  void Run() {
    while (wakeup_->Await()) {
      if (AdvanceAll()) wakeup_->Wake();
      maintenance_wakeup_.Wake();
    }
  }

  // Merges forests as long as there is something to merge; those that rest are looked at
  // once more. What merges changed is stored when nothing else is going on: as long as
  // there is something to take in, it is stored with that.
  void Maintain() {
    bool merged = false;
    while (maintenance_wakeup_.Await()) {
      while (true) {
        while (MaintainAll()) merged = true;
        if (maintenance_wakeup_.AwaitFor(kRest)) break;
        if (MaintainAll()) {
          merged = true;
          continue;
        }
        if (std::exchange(merged, false)) TellRest();
        break;
      }
    }
  }

  // Whether there was anything to merge.
  bool MaintainAll() {
    bool merged = false;
    for (TimelineFollower* follower : Followers()) {
      merged = follower->Maintain(closing_.get_token()) || merged;
    }
    return merged;
  }

  void TellRest() {
    for (TimelineFollower* follower : Followers()) follower->Rest();
    wakeup_->Wake();
  }

  std::vector<TimelineFollower*> Followers() {
    MutexLock lock(&mutex_);
    std::vector<TimelineFollower*> followers;
    for (const auto& [name, follower] : followers_) followers.push_back(follower.get());
    return followers;
  }

  // One batch for each timeline; whether there is more to do at once.
  bool AdvanceAll() {
    bool more = false;
    for (const std::string& name : log_->Timelines()) {
      if (wakeup_->stopping()) return false;
      const absl::StatusOr<TimelineFollower*> follower = Find(name);
      // A timeline without settings can't be followed; who asks for it gets
      // that error from Find() as well.
      if (follower.ok() && (*follower)->Advance()) more = true;
    }
    return more;
  }

  // The timeline's follower, made if need be; it stays until the end.
  absl::StatusOr<TimelineFollower*> Find(absl::string_view timeline) {
    MutexLock lock(&mutex_);
    const auto found = followers_.find(timeline);
    if (found != followers_.end()) return found->second.get();
    ANNALS_ASSIGN_OR_RETURN(TimelineSettings settings, log_->Settings(timeline));
    std::vector<const Projection*> projections = catalog_(settings.domain);
    std::unique_ptr<TimelineFollower>& follower = followers_[settings.name];
    follower = std::make_unique<TimelineFollower>(
        options_,
        TimelineFollower::Workplace{.database = database_,
                                    .log = log_,
                                    .types = types_,
                                    .cache = &cache_,
                                    .following = &following_crew_,
                                    .answering = &answering_crew_},
        std::move(settings), std::move(projections));
    return follower.get();
  }

  const IndexOptions options_;
  storage::Database* const database_;
  EventLog* const log_;
  const PayloadTypes* const types_;
  const Catalog catalog_;
  forest::PageCache cache_;
  WorkCrew following_crew_{kHelpingThreads};
  WorkCrew answering_crew_{kHelpingThreads};
  std::stop_source closing_;
  Wakeup maintenance_wakeup_;
  const std::shared_ptr<Wakeup> wakeup_ = std::make_shared<Wakeup>();
  Mutex mutex_;
  std::map<std::string, std::unique_ptr<TimelineFollower>, std::less<>> followers_
      ABSL_GUARDED_BY(mutex_);
  std::thread maintenance_;  // The last members: they use all others.
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ProjectionRunner>> ProjectionRunner::Start(
    const IndexOptions& options, storage::Database* database, EventLog* log,
    const PayloadTypes* types, Catalog catalog) {
  return std::unique_ptr<ProjectionRunner>(
      std::make_unique<ThreadedRunner>(options, database, log, types, std::move(catalog)));
}

}  // namespace annals
