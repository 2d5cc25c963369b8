#include "engine/log/staging.h"

#include <iterator>

#include "absl/status/status.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"

namespace annals {

using storage::Family;

const StagedEvent* Staging::FindStaged(const std::string& id_key) const {
  for (const Staging* layer = this; layer != nullptr; layer = layer->below_) {
    const auto found = layer->ids_.find(id_key);
    if (found != layer->ids_.end()) return &layer->events_[found->second];
  }
  return nullptr;
}

absl::StatusOr<std::optional<Position>> Staging::FindId(const std::string& id_key) const {
  if (const StagedEvent* const staged = FindStaged(id_key)) {
    return std::optional<Position>(staged->position);
  }
  return log_->FindId(id_key);
}

absl::StatusOr<std::string> Staging::ReadRecord(uint32_t timeline, const std::string& id_key,
                                                Position position) const {
  if (const StagedEvent* const staged = FindStaged(id_key)) return staged->record;
  return log_->ReadRecord(timeline, position);
}

absl::StatusOr<uint64_t> Staging::StreamRevision(const std::string& stream_prefix) const {
  for (const Staging* layer = this; layer != nullptr; layer = layer->below_) {
    const auto found = layer->stream_revisions_.find(stream_prefix);
    if (found != layer->stream_revisions_.end()) return found->second;
  }
  return log_->StreamRevision(stream_prefix);
}

absl::StatusOr<const SourceInfo*> Staging::FindSource(const TimelineSettings& settings,
                                                      absl::string_view source) const {
  const std::string prefix = StreamPrefix(settings.number, SourceStream(source));
  for (const Staging* layer = this; layer != nullptr; layer = layer->below_) {
    const auto found = layer->sources_.find(prefix);
    if (found != layer->sources_.end()) return &found->second;
  }
  return log_->FindSource(settings, source);
}

std::optional<TimelineState> Staging::FindTimeline(absl::string_view name) const {
  const std::string_view key(name.data(), name.size());
  for (const Staging* layer = this; layer != nullptr; layer = layer->below_) {
    const auto found = layer->timelines_.find(key);
    if (found != layer->timelines_.end()) return found->second;
  }
  return log_->FindTimeline(name);
}

uint32_t Staging::NextTimelineNumber() const {
  uint32_t count = log_->timeline_count();
  for (const Staging* layer = this; layer != nullptr; layer = layer->below_) {
    count += layer->created_;
  }
  return count + 1;
}

void Staging::Add(StagedEvent event, TimelineState timeline) {
  if (event.position == Position{1}) ++created_;
  stream_revisions_[event.stream_prefix] = event.revision;
  ids_[event.id_key] = events_.size();
  events_.push_back(std::move(event));
  timelines_[timeline.settings->name] = std::move(timeline);
}

absl::Status Staging::AddEdition(const TimelineSettings& settings, const SourceEdition& edition) {
  ANNALS_ASSIGN_OR_RETURN(const SourceInfo* const known, FindSource(settings, edition.source));
  SourceInfo info = known == nullptr ? SourceInfo() : *known;
  info.Add(edition);
  sources_[events_.back().stream_prefix] = std::move(info);
  return absl::OkStatus();
}

void Staging::MergeDown() {
  const size_t offset = below_->events_.size();
  std::move(events_.begin(), events_.end(), std::back_inserter(below_->events_));
  for (auto& [id_key, index] : ids_) below_->ids_[id_key] = offset + index;
  for (auto& [prefix, revision] : stream_revisions_) below_->stream_revisions_[prefix] = revision;
  for (auto& [prefix, info] : sources_) below_->sources_[prefix] = std::move(info);
  for (auto& [name, state] : timelines_) below_->timelines_[name] = std::move(state);
  below_->created_ += created_;
  events_.clear();
  ids_.clear();
  stream_revisions_.clear();
  sources_.clear();
  timelines_.clear();
  created_ = 0;
}

void Staging::FillIn(storage::Batch* batch) const {
  for (const StagedEvent& event : events_) {
    const std::string position = EncodePosition(event.position);
    batch->Put(Family::kLog, storage::LogKey(event.timeline, event.position), event.record);
    batch->Put(Family::kEventIds, event.id_key, position);
    batch->Put(Family::kStreams, StreamKey(event.stream_prefix, event.revision), position);
    batch->Put(Family::kTypes, TypeKey(event.type_prefix, event.position), "");
    if (event.position != Position{1}) continue;
    for (const auto& [name, state] : timelines_) {
      if (state.settings->number != event.timeline) continue;
      batch->Put(Family::kMeta, TimelineKey(name), TimelinePrefix(event.timeline));
    }
  }
}

void Staging::Settle(LogState* log) {
  for (auto& [prefix, revision] : stream_revisions_) log->SetStreamRevision(prefix, revision);
  for (auto& [prefix, info] : sources_) log->SetSource(prefix, std::move(info));
}

}  // namespace annals
