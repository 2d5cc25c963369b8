#include "engine/log/timeline_directory.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/log/text_form.h"

namespace annals {
namespace {

constexpr int kNamesInMessages = 10;

std::string Describe(const TimelineStates& timelines) {
  if (timelines.empty()) return "the store has none yet";
  std::string names;
  int count = 0;
  for (const auto& [name, state] : timelines) {
    if (++count > kNamesInMessages) break;
    absl::StrAppend(&names, names.empty() ? "" : ", ", "\"", name, "\"");
  }
  if (count > kNamesInMessages) absl::StrAppend(&names, ", …");
  return absl::StrCat("the store has ", names);
}

}  // namespace

absl::StatusOr<TimelineState> TimelineDirectory::Find(absl::string_view name) const {
  MutexLock hold(&mutex_);
  const auto found = timelines_.find(std::string_view(name.data(), name.size()));
  if (found != timelines_.end()) return found->second;
  return absl::NotFoundError(
      absl::StrCat("no timeline ", Quote(name), "; ", Describe(timelines_),
                   ". A timeline is created by its first event, an annals.v1.TimelineCreated"));
}

std::vector<std::string> TimelineDirectory::Names() const {
  MutexLock hold(&mutex_);
  std::vector<std::string> names;
  for (const auto& [name, state] : timelines_) names.push_back(name);
  return names;
}

uint32_t TimelineDirectory::Count() const {
  MutexLock hold(&mutex_);
  return static_cast<uint32_t>(timelines_.size());
}

void TimelineDirectory::KeepTree(const TimelineState& timeline) {
  MutexLock hold(&mutex_);
  TimelineState& kept = timelines_[timeline.settings->name];
  if (kept.tree == nullptr && kept.head == timeline.head) kept.tree = timeline.tree;
}

void TimelineDirectory::Publish(const TimelineStates& changed) {
  MutexLock hold(&mutex_);
  for (const auto& [name, state] : changed) timelines_[name] = state;
}

}  // namespace annals
