#include "engine/log/appending/staging.h"

#include <functional>

#include "absl/status/status.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/log/tree_tiles.h"
#include "engine/proof/event_leaf.h"

namespace annals {

using storage::Family;

const StagedEvent* Staging::FindStaged(absl::string_view id_key) const {
  const auto found = ids_.find(id_key);
  return found == ids_.end() ? nullptr : &events_[found->second];
}

absl::StatusOr<std::optional<Position>> Staging::FindId(absl::string_view id_key) const {
  if (const StagedEvent* const staged = FindStaged(id_key)) {
    return std::optional<Position>(staged->position);
  }
  return log_->FindId(id_key);
}

absl::StatusOr<uint64_t> Staging::StreamRevision(absl::string_view stream_prefix) {
  const auto found = stream_revisions_.find(stream_prefix);
  if (found != stream_revisions_.end()) return found->second;
  return log_->StreamRevision(stream_prefix);
}

absl::StatusOr<const SourceInfo*> Staging::FindSource(const TimelineSettings& settings,
                                                      absl::string_view source) const {
  const auto found = sources_.find(StreamPrefix(settings.number, SourceStream(source)));
  if (found != sources_.end()) return &found->second;
  return log_->FindSource(settings, source);
}

std::optional<TimelineState> Staging::FindTimeline(absl::string_view name) const {
  const auto found = timelines_.find(std::string_view(name.data(), name.size()));
  if (found != timelines_.end()) return found->second;
  return log_->FindTimeline(name);
}

void Staging::Add(StagedEvent event) {
  stream_revisions_[event.prepared->stream_prefix] = event.revision;
  ids_[event.prepared->id_key] = events_.size();
  events_.push_back(std::move(event));
}

absl::Status Staging::AddEdition(const TimelineSettings& settings, const SourceEdition& edition) {
  ANNALS_ASSIGN_OR_RETURN(const SourceInfo* const known, FindSource(settings, edition.source));
  SourceInfo info = known == nullptr ? SourceInfo() : *known;
  info.Add(edition);
  const std::string& prefix = events_.back().prepared->stream_prefix;
  const auto [entry, added] = sources_.try_emplace(prefix);
  former_sources_.emplace_back(prefix,
                               added ? std::nullopt : std::make_optional(std::move(entry->second)));
  entry->second = std::move(info);
  return absl::OkStatus();
}

void Staging::Redact(uint32_t timeline, Position target, std::string record) {
  redacted_.push_back({timeline, target, events_.back().position, std::move(record)});
}

void Staging::SetTimeline(TimelineState timeline) {
  const std::string& name = timeline.settings->name;
  if (!FindTimeline(name)) ++created_;
  timelines_[name] = std::move(timeline);
}

void Staging::DropAfter(const Mark& mark) {
  while (events_.size() > mark.events) {
    const StagedEvent& last = events_.back();
    ids_.erase(last.prepared->id_key);
    stream_revisions_[last.prepared->stream_prefix] = last.revision - 1;
    events_.pop_back();
  }
  while (former_sources_.size() > mark.editions) {
    auto& [prefix, former] = former_sources_.back();
    if (former) {
      sources_[prefix] = *std::move(former);
    } else {
      sources_.erase(prefix);
    }
    former_sources_.pop_back();
  }
  redacted_.resize(mark.redactions);
}

// A tree that readers have is never changed: a commit that fails leaves it as it is.
absl::Status Staging::GrowTrees(storage::Batch* batch) {
  absl::flat_hash_map<uint32_t, TreeEdge*> trees;  // By timeline.
  for (auto& [name, state] : timelines_) {
    auto grown = std::make_shared<TreeEdge>(*state.tree);
    trees[state.settings->number] = grown.get();
    state.tree = std::move(grown);
  }
  for (const StagedEvent& event : events_) {
    ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(event.record));
    ANNALS_ASSIGN_OR_RETURN(const TreeHash leaf,
                            EventLeafHash(record.event_bytes, event.prepared->commitment));
    trees[event.timeline]->Append(leaf, [&](TileId tile, const TreeHashes& hashes) {
      PutTile(event.timeline, tile, hashes, batch);
    });
  }
  return absl::OkStatus();
}

void Staging::FillInEvents(storage::Batch* batch) const {
  // Or so, of an event: look-ups, and its share of a tile.
  constexpr size_t kFurtherBytes = 192;
  size_t bytes = 0;
  for (const StagedEvent& event : events_) bytes += event.record.size() + kFurtherBytes;
  batch->Reserve(bytes);
  LookupRows rows;
  for (const StagedEvent& event : events_) {
    const PreparedEvent& prepared = *event.prepared;
    batch->Put(Family::kLog, storage::LogKey(event.timeline, event.position), event.record);
    batch->Put(Family::kEventIds, prepared.id_key, EncodePosition(event.position));
    rows.Add(prepared.stream_prefix, event.revision, prepared.type_prefix, event.position);
    if (event.position != Position{1}) continue;
    for (const auto& [name, state] : timelines_) {
      if (state.settings->number != event.timeline) continue;
      batch->Put(Family::kMeta, TimelineKey(name), TimelinePrefix(event.timeline));
    }
  }
  rows.FillIn(batch);
  // The last word in the batch, also on events of this commit.
  for (const RedactedRecord& redacted : redacted_) {
    batch->Put(Family::kLog, storage::LogKey(redacted.timeline, redacted.target), redacted.record);
    batch->Put(Family::kMeta, ErasureKey(redacted.timeline, redacted.by), "");
  }
}

absl::Status Staging::FillIn(WorkCrew* crew, storage::Batch* batch) {
  // Fewer are done sooner than a thread wakes up.
  constexpr size_t kWorthSharing = 128;
  storage::Batch tiles;
  absl::Status grown;
  const std::vector<std::function<void()>> tasks = {[&] { grown = GrowTrees(&tiles); },
                                                    [&] { FillInEvents(batch); }};
  if (events_.size() < kWorthSharing) {
    for (const std::function<void()>& task : tasks) task();
  } else {
    crew->Run(tasks);
  }
  batch->Append(tiles);
  return grown;
}

void Staging::Settle(LogState* log) {
  for (const auto& [prefix, revision] : stream_revisions_) log->SetStreamRevision(prefix, revision);
  for (auto& [prefix, info] : sources_) log->SetSource(prefix, std::move(info));
}

}  // namespace annals
