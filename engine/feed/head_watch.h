// HeadWatch: tells who waits for events that there are some.
//
//   ANNALS_ASSIGN_OR_RETURN(const auto wait, heads.WaitBeyond("t", position, [executor] {
//     executor->Post(…);
//   }));
//   if (!wait) …;  // They are already there.
#ifndef ANNALS_ENGINE_FEED_HEAD_WATCH_H_
#define ANNALS_ENGINE_FEED_HEAD_WATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/log/event_log.h"

namespace annals {

// Waits cost memory only; a thread of its own makes the calls, so that a commit
// costs its writer the same however many wait. Only the durable head counts.
// Thread-safe. The log must outlive it, and may be used after it.
class HeadWatch {
 public:
  explicit HeadWatch(EventLog* log);
  // Waits for the call that is under way; makes none of the others.
  ~HeadWatch();
  HeadWatch(const HeadWatch&) = delete;
  HeadWatch& operator=(const HeadWatch&) = delete;

  using WaitId = uint64_t;

  // Calls `wake` once, on the thread of the watch, when the timeline's head is
  // beyond `after`. If it is already, returns nothing and never calls. `wake` must
  // not block: others wait behind it; it may call WaitBeyond and Cancel.
  // NOT_FOUND if there is no such timeline.
  absl::StatusOr<std::optional<WaitId>> WaitBeyond(absl::string_view timeline, Position after,
                                                   std::function<void()> wake);

  // Whether the call was prevented. Otherwise it was made or may still be: what
  // it refers to must not depend on the wait.
  bool Cancel(WaitId id);

 private:
  // What the log's listener, which can't be removed, shares with the watch.
  struct State;

  void Run();

  EventLog* const log_;
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_HEAD_WATCH_H_
