#include "tests/engine/index/fake_event_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::testing {
namespace {

class VectorReader final : public EventReader {
 public:
  explicit VectorReader(std::vector<v1::Event> events) : events_(std::move(events)) {}

  bool Next() override { return next_++ < events_.size(); }
  const v1::Event& event() const override { return events_[next_ - 1]; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const std::vector<v1::Event> events_;
  size_t next_ = 0;
};

}  // namespace

void FakeEventLog::AddTimeline(const std::string& name, const std::string& domain) {
  MutexLock lock(&mutex_);
  const auto number = static_cast<uint32_t>(timelines_.size() + 1);
  timelines_[name].settings = {.name = name, .number = number, .domain = domain};
}

void FakeEventLog::SetReadStatus(absl::Status status) {
  MutexLock lock(&mutex_);
  read_status_ = std::move(status);
}

void FakeEventLog::Truncate(const std::string& timeline, Position head) {
  MutexLock lock(&mutex_);
  timelines_.at(timeline).events.resize(head.value);
}

absl::StatusOr<std::vector<Receipt>> FakeEventLog::Append(AppendRequest request) {
  std::vector<Receipt> receipts;
  std::vector<std::function<void()>> listeners;
  {
    MutexLock lock(&mutex_);
    std::vector<v1::Event>& events = timelines_.at(request.timeline).events;
    for (v1::Event& event : request.events) {
      event.set_position(events.size() + 1);
      if (event.id().empty()) event.set_id(absl::StrCat("e-", event.position()));
      receipts.push_back({.id = event.id(), .position = Position{event.position()}});
      events.push_back(std::move(event));
    }
    listeners = listeners_;
  }
  for (const auto& listener : listeners) listener();
  return receipts;
}

std::vector<std::string> FakeEventLog::Timelines() const {
  MutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (const auto& [name, timeline] : timelines_) names.push_back(name);
  return names;
}

absl::StatusOr<const FakeEventLog::Timeline*> FakeEventLog::FindTimeline(
    absl::string_view name) const {
  const auto found = timelines_.find(name);
  if (found == timelines_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no timeline \"", name, "\""));
  }
  return &found->second;
}

absl::StatusOr<TimelineSettings> FakeEventLog::Settings(absl::string_view timeline) const {
  MutexLock lock(&mutex_);
  ANNALS_ASSIGN_OR_RETURN(const Timeline* const found, FindTimeline(timeline));
  return found->settings;
}

absl::StatusOr<EventLog::Head> FakeEventLog::GetHead(absl::string_view timeline) const {
  MutexLock lock(&mutex_);
  ANNALS_ASSIGN_OR_RETURN(const Timeline* const found, FindTimeline(timeline));
  return Head{.position = Position{found->events.size()}};
}

absl::StatusOr<v1::Event> FakeEventLog::Read(absl::string_view timeline, Position position) const {
  MutexLock lock(&mutex_);
  ANNALS_RETURN_IF_ERROR(read_status_);
  ANNALS_ASSIGN_OR_RETURN(const Timeline* const found, FindTimeline(timeline));
  if (position.value == 0 || position.value > found->events.size()) {
    return absl::OutOfRangeError(absl::StrCat("there is no event ", position.value));
  }
  return found->events[position.value - 1];
}

absl::StatusOr<std::unique_ptr<EventReader>> FakeEventLog::ReadAfter(absl::string_view timeline,
                                                                     Position after) const {
  MutexLock lock(&mutex_);
  ANNALS_RETURN_IF_ERROR(read_status_);
  ANNALS_ASSIGN_OR_RETURN(const Timeline* const found, FindTimeline(timeline));
  std::vector<v1::Event> events;
  for (size_t i = after.value; i < found->events.size(); ++i) events.push_back(found->events[i]);
  return std::unique_ptr<EventReader>(std::make_unique<VectorReader>(std::move(events)));
}

void FakeEventLog::AddCommitListener(std::function<void()> listener) {
  MutexLock lock(&mutex_);
  listeners_.push_back(std::move(listener));
}

absl::StatusOr<v1::Event> FakeEventLog::Find(absl::string_view, absl::string_view) const {
  return absl::UnimplementedError("the index doesn't find events by id");
}
absl::StatusOr<std::unique_ptr<EventReader>> FakeEventLog::ReadStream(absl::string_view,
                                                                      absl::string_view,
                                                                      Position) const {
  return absl::UnimplementedError("the index doesn't read streams");
}
absl::StatusOr<std::unique_ptr<EventReader>> FakeEventLog::ReadType(absl::string_view,
                                                                    absl::string_view,
                                                                    Position) const {
  return absl::UnimplementedError("the index doesn't read types");
}
absl::StatusOr<EventLog::Census> FakeEventLog::TakeCensus(absl::string_view) const {
  return absl::UnimplementedError("the index takes no census");
}

}  // namespace annals::testing
