// FakeEventLog: an EventLog in memory that takes events as they are.
#ifndef ANNALS_TESTS_ENGINE_INDEX_FAKE_EVENT_LOG_H_
#define ANNALS_TESTS_ENGINE_INDEX_FAKE_EVENT_LOG_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/mutex.h"
#include "engine/log/event_log.h"

namespace annals::testing {

// Only what the index uses; the rest is UNIMPLEMENTED. Events bring their
// bounds and target positions; Append() gives them their positions. Thread-safe.
class FakeEventLog final : public EventLog {
 public:
  // Timelines are numbered in the order in which they are added.
  void AddTimeline(const std::string& name, const std::string& domain);

  // The reading methods return this from now on.
  void SetReadStatus(absl::Status status);
  // Drops the events after `head`, as a repair does.
  void Truncate(const std::string& timeline, Position head);

  absl::StatusOr<std::vector<Receipt>> Append(AppendRequest request) override;
  std::vector<std::string> Timelines() const override;
  absl::StatusOr<TimelineSettings> Settings(absl::string_view timeline) const override;
  absl::StatusOr<Head> GetHead(absl::string_view timeline) const override;
  absl::StatusOr<v1::Event> Read(absl::string_view timeline, Position position) const override;
  absl::StatusOr<v1::Event> Find(absl::string_view timeline, absl::string_view id) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadAfter(absl::string_view timeline,
                                                         Position after) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadStream(absl::string_view timeline,
                                                          absl::string_view stream,
                                                          Position after) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadType(absl::string_view timeline,
                                                        absl::string_view type,
                                                        Position after) const override;
  absl::StatusOr<Census> TakeCensus(absl::string_view timeline) const override;
  void AddCommitListener(std::function<void()> listener) override;

 private:
  struct Timeline {
    TimelineSettings settings;
    std::vector<v1::Event> events;
  };

  absl::StatusOr<const Timeline*> FindTimeline(absl::string_view name) const;

  mutable Mutex mutex_;
  std::map<std::string, Timeline, std::less<>> timelines_;
  std::vector<std::function<void()>> listeners_;
  absl::Status read_status_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_INDEX_FAKE_EVENT_LOG_H_
