#include "engine/feed/head_watch.h"

#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// By what they wait to be passed, then by id.
using Waits = std::map<std::pair<Position, HeadWatch::WaitId>, std::function<void()>>;

}  // namespace

struct HeadWatch::State {
  Mutex mutex;
  CondVar changed;
  std::map<std::string, Waits, std::less<>> timelines ABSL_GUARDED_BY(mutex);
  // Where each wait is to be found.
  std::map<WaitId, std::pair<std::string, Position>> places ABSL_GUARDED_BY(mutex);
  WaitId next_id ABSL_GUARDED_BY(mutex) = 1;
  bool moved ABSL_GUARDED_BY(mutex) = false;
  bool closing ABSL_GUARDED_BY(mutex) = false;

  // Takes out the calls that are due.
  std::vector<std::function<void()>> TakeDue(const EventLog& log)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::vector<std::function<void()>> due;
    for (auto timeline = timelines.begin(); timeline != timelines.end();) {
      const absl::StatusOr<EventLog::Head> head = log.GetHead(timeline->first);
      Waits& waits = timeline->second;
      // A timeline isn't ever removed, so there is a head.
      while (head.ok() && !waits.empty() && waits.begin()->first.first < head->position) {
        places.erase(waits.begin()->first.second);
        due.push_back(std::move(waits.begin()->second));
        waits.erase(waits.begin());
      }
      timeline = waits.empty() ? timelines.erase(timeline) : std::next(timeline);
    }
    return due;
  }
};

HeadWatch::HeadWatch(EventLog* log) : log_(log), state_(std::make_shared<State>()) {
  log->AddCommitListener([state = state_] {
    MutexLock hold(&state->mutex);
    if (state->timelines.empty()) return;
    state->moved = true;
    state->changed.NotifyOne();
  });
  thread_ = std::thread([this] { Run(); });
}

HeadWatch::~HeadWatch() {
  {
    MutexLock hold(&state_->mutex);
    state_->closing = true;
    state_->changed.NotifyOne();
  }
  thread_.join();
  std::map<std::string, Waits, std::less<>> dropped;  // Destroyed without the mutex.
  MutexLock hold(&state_->mutex);
  dropped.swap(state_->timelines);
  state_->places.clear();
}

absl::StatusOr<std::optional<HeadWatch::WaitId>> HeadWatch::WaitBeyond(absl::string_view timeline,
                                                                       Position after,
                                                                       std::function<void()> wake) {
  // The head is looked at with the mutex held: a commit that comes after finds the
  // wait, and its listener is held up until the wait is there.
  MutexLock hold(&state_->mutex);
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
  if (head.position > after) return std::optional<WaitId>();
  const WaitId id = state_->next_id++;
  const std::string name(timeline);
  state_->timelines[name].emplace(std::pair(after, id), std::move(wake));
  state_->places.emplace(id, std::pair(name, after));
  return std::optional<WaitId>(id);
}

bool HeadWatch::Cancel(WaitId id) {
  std::function<void()> dropped;  // Destroyed without the mutex.
  MutexLock hold(&state_->mutex);
  const auto place = state_->places.find(id);
  if (place == state_->places.end()) return false;
  const auto& [timeline, after] = place->second;
  const auto waits = state_->timelines.find(timeline);
  const auto wait = waits->second.find({after, id});
  dropped = std::move(wait->second);
  waits->second.erase(wait);
  if (waits->second.empty()) state_->timelines.erase(waits);
  state_->places.erase(place);
  return true;
}

void HeadWatch::Run() {
  State& state = *state_;
  while (true) {
    std::vector<std::function<void()>> due;
    {
      MutexLock hold(&state.mutex);
      while (!state.moved && !state.closing) state.changed.Wait(&state.mutex);
      if (state.closing) return;
      state.moved = false;
      due = state.TakeDue(*log_);
    }
    for (const std::function<void()>& wake : due) wake();
  }
}

}  // namespace annals
