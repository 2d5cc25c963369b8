#include "engine/index/forest/dominance_forest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status.h"
#include "engine/index/forest/run_source.h"

namespace annals::forest {
namespace {

// Stored runs come first.
std::vector<std::shared_ptr<const Run>>::const_iterator FirstInMemory(
    const std::vector<std::shared_ptr<const Run>>& runs) {
  return std::find_if(runs.begin(), runs.end(), [](const auto& run) { return !run->is_stored(); });
}

absl::Status CheckOptions(const ForestOptions& options) {
  const MergeRules& merges = options.merges;
  const RunShape& shape = options.shape;
  if (options.measures < 1 || options.measures > kMaxMeasures) {
    return absl::InvalidArgumentError(absl::StrCat("a dominance forest has 1 to ", kMaxMeasures,
                                                   " measures, not ", options.measures));
  }
  if (merges.fan < 2 || merges.idle_share < 1 || merges.tail_points < 1 ||
      merges.largest_points > UINT32_MAX || merges.largest_points < merges.tail_points) {
    return absl::InvalidArgumentError(
        "a dominance forest needs a fan of 2 or more, an idle share of 1 or more, a tail of a "
        "point "
        "or more, and a largest run of the tail's size or more, but less than 2^32 points");
  }
  if (shape.page_entries < 1 || shape.page_entries > 1 << 16 || shape.leaf_points_log2 > 16 ||
      shape.flat_leaves < 1) {
    return absl::InvalidArgumentError(
        "a dominance forest's pages have 1 to 65536 entries, its leaves at most 65536 points");
  }
  if (options.kept_versions < 1) {
    return absl::InvalidArgumentError("a dominance forest keeps one version or more");
  }
  return absl::OkStatus();
}

// Puts `merged` in place of `parts`, which follow one another. False, with nothing
// changed, if the runs don't have all of them.
bool ReplaceRuns(absl::Span<const std::shared_ptr<const Run>> parts,
                 std::shared_ptr<const Run> merged, std::vector<std::shared_ptr<const Run>>* runs) {
  const auto first = parts.empty()
                         ? runs->end()
                         : std::search(runs->begin(), runs->end(), parts.begin(), parts.end());
  if (!parts.empty() && first == runs->end()) return false;
  const auto after = runs->erase(first, first + static_cast<ptrdiff_t>(parts.size()));
  runs->insert(after, std::move(merged));
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DominanceForest>> DominanceForest::Open(const ForestOptions& options,
                                                                       PageStore* store,
                                                                       const Manifest& manifest) {
  ANNALS_RETURN_IF_ERROR(CheckOptions(options));
  if (!manifest.runs.empty() && manifest.measures != options.measures) {
    return absl::FailedPreconditionError(absl::StrCat("the dominance forest has ",
                                                      manifest.measures, " measures, not ",
                                                      options.measures, "; rebuild the index"));
  }
  std::vector<uint32_t> ids;
  for (const Manifest::Run& run : manifest.runs) ids.push_back(run.id);
  ANNALS_RETURN_IF_ERROR(store->DeleteRunsExcept(ids));
  Runs runs;
  for (const Manifest::Run& named : manifest.runs) {
    ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<const Run> run,
                            Run::Open(named.id, options.measures, named.fence_pages, *store));
    if (run->points() != named.points) {
      return absl::DataLossError(absl::StrCat("dominance forest, run ", named.id, ": ",
                                              run->points(), " points, but the manifest says ",
                                              named.points, "; rebuild the index"));
    }
    runs.push_back(std::move(run));
  }
  return std::unique_ptr<DominanceForest>(
      new DominanceForest(options, store, manifest, std::move(runs)));
}

DominanceForest::DominanceForest(const ForestOptions& options, PageStore* store,
                                 const Manifest& manifest, Runs runs)
    : options_(options),
      store_(store),
      sequence_(manifest.sequence),
      committed_sequence_(manifest.sequence),
      next_run_(manifest.next_run),
      tail_(std::make_shared<Tail>(options.merges.tail_points)),
      next_tail_points_(options.merges.tail_points) {
  versions_.push_back(std::make_shared<const Version>(Version{std::move(runs), tail_}));
}

absl::Status DominanceForest::Add(const Point& point) {
  if (tail_->size() == tail_->capacity()) ANNALS_RETURN_IF_ERROR(SealTail());
  tail_->Append(point);
  return absl::OkStatus();
}

std::shared_ptr<const Version> DominanceForest::CurrentVersion() const {
  MutexLock lock(&mutex_);
  return versions_.back();
}

absl::StatusOr<std::shared_ptr<const Run>> DominanceForest::BuildRun(
    std::vector<std::unique_ptr<RunSource>> sources, bool to_store, std::stop_token stop) {
  RunPlan plan = {.measures = options_.measures,
                  .shape = options_.shape,
                  .store = to_store ? store_ : nullptr,
                  .stop = std::move(stop)};
  {
    MutexLock lock(&mutex_);
    plan.id = next_run_++;
  }
  absl::StatusOr<std::shared_ptr<const Run>> run = MergeIntoRun(plan, std::move(sources));
  if (!run.ok() && to_store) {
    // Some of its pages may be there. No manifest ever names it.
    MutexLock lock(&mutex_);
    retired_.push_back({plan.id, 0, std::make_shared<const std::atomic<bool>>(true)});
  }
  return run;
}

absl::Status DominanceForest::SealTail() {
  const bool to_store = tail_->size() >= options_.merges.stored_points;
  std::vector<std::unique_ptr<RunSource>> sources;
  sources.push_back(std::make_unique<TailSource>(*tail_, tail_->size(), options_.measures));
  ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<const Run> run, BuildRun(std::move(sources), to_store));
  Install(std::move(run), {}, /*new_tail=*/true);
  return absl::OkStatus();
}

void DominanceForest::Install(std::shared_ptr<const Run> merged, const Runs& parts, bool new_tail) {
  std::deque<std::shared_ptr<const Version>> let_go;  // Runs may go with them: after the lock.
  MutexLock lock(&mutex_);
  if (merged->is_stored()) ++sequence_;
  for (const auto& part : parts) {
    if (part->is_stored()) retired_.push_back({part->id(), sequence_, part->gone()});
  }
  let_go = versions_;
  if (new_tail) {
    Runs runs = versions_.back()->runs;
    ReplaceRuns(parts, std::move(merged), &runs);
    PushTail(std::move(runs));
    return;
  }
  for (std::shared_ptr<const Version>& kept : versions_) {
    auto version = std::make_shared<Version>(*kept);
    if (ReplaceRuns(parts, merged, &version->runs)) kept = std::move(version);
  }
}

void DominanceForest::PushTail(Runs runs) {
  tail_ = std::make_shared<Tail>(next_tail_points_);
  versions_.push_back(std::make_shared<const Version>(Version{std::move(runs), tail_}));
  size_t kept_points = 0;
  size_t kept = 1;
  for (; kept < versions_.size(); ++kept) {
    kept_points += versions_[versions_.size() - 1 - kept]->tail->capacity();
    if (kept_points > (options_.kept_versions - 1) * options_.merges.tail_points) break;
  }
  versions_.erase(versions_.begin(), versions_.end() - static_cast<ptrdiff_t>(kept));
}

void DominanceForest::SetTailPoints(size_t points) {
  next_tail_points_ = points;
  if (tail_->size() > 0 || tail_->capacity() == points) return;
  MutexLock lock(&mutex_);
  Runs runs = versions_.back()->runs;
  versions_.pop_back();
  PushTail(std::move(runs));
}

absl::Status DominanceForest::DeleteRetired() {
  std::vector<Retired> due;
  {
    MutexLock lock(&mutex_);
    const uint64_t committed = committed_sequence_;
    const auto kept = std::partition(retired_.begin(), retired_.end(), [=](const Retired& run) {
      return run.sequence > committed || !run.gone->load(std::memory_order_acquire);
    });
    due.assign(kept, retired_.end());
    retired_.erase(kept, retired_.end());
  }
  absl::Status status;
  for (const Retired& run : due) {
    const absl::Status deleted = store_->DeleteRun(run.id);
    if (deleted.ok()) {
      has_deleted_ = true;
      continue;
    }
    status.Update(deleted);
    MutexLock lock(&mutex_);
    retired_.push_back(run);
  }
  return status;
}

// Runs in memory and stored ones are merged apart: the former are small, and
// whoever adds points waits for them.
absl::StatusOr<bool> DominanceForest::MaintainOnce(const std::stop_token& stop) {
  MutexLock stored(&stored_mutex_);
  ANNALS_RETURN_IF_ERROR(DeleteRetired());
  std::shared_ptr<const Version> version = CurrentVersion();
  const uint64_t points = version->run_points() + version->tail->size();
  const bool is_idle = quiet_points_ == points;
  {
    MutexLock memory(&memory_mutex_);
    version = CurrentVersion();
    ANNALS_ASSIGN_OR_RETURN(
        const bool merged,
        MergeSome(Runs(FirstInMemory(version->runs), version->runs.end()), is_idle, stop));
    if (merged) return true;
  }
  ANNALS_ASSIGN_OR_RETURN(
      const bool merged,
      MergeSome(Runs(version->runs.begin(), FirstInMemory(version->runs)), is_idle, stop));
  if (merged) return true;
  quiet_points_ = points;
  if (is_idle) ANNALS_RETURN_IF_ERROR(TidyUp());
  return false;
}

// Of `runs`, which follow one another, merges those that are due.
absl::StatusOr<bool> DominanceForest::MergeSome(const Runs& runs, bool is_idle,
                                                std::stop_token stop) {
  std::vector<RunSize> sizes;
  for (const auto& run : runs) sizes.push_back({run->points(), run->is_stored()});
  std::optional<RunRange> range;
  if (const auto first = PickMerge(sizes, options_.merges)) range = {*first, sizes.size()};
  if (!range && is_idle) range = PickIdleMerge(sizes, options_.merges);
  if (!range) return false;
  ANNALS_RETURN_IF_ERROR(MergeRuns(Runs(runs.begin() + static_cast<ptrdiff_t>(range->begin),
                                        runs.begin() + static_cast<ptrdiff_t>(range->end)),
                                   std::move(stop)));
  return true;
}

absl::Status DominanceForest::MergeRuns(const Runs& parts, std::stop_token stop) {
  std::vector<std::unique_ptr<RunSource>> sources;
  uint64_t points = 0;
  bool to_store = false;
  for (const auto& run : parts) {
    sources.push_back(std::make_unique<StoredSource>(run.get(), store_));
    points += run->points();
    to_store = to_store || run->is_stored();
  }
  to_store = to_store || points >= options_.merges.stored_points;
  ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<const Run> run,
                          BuildRun(std::move(sources), to_store, std::move(stop)));
  Install(std::move(run), parts, /*new_tail=*/false);
  return absl::OkStatus();
}

// Lets go of versions with stored runs that the present one no longer has; once
// those are deleted, of their space.
absl::Status DominanceForest::TidyUp() {
  std::deque<std::shared_ptr<const Version>> let_go;
  {
    MutexLock lock(&mutex_);
    let_go = versions_;
    const Runs& present = versions_.back()->runs;
    const auto is_replaced = [&](const std::shared_ptr<const Run>& run) {
      return run->is_stored() && std::find(present.begin(), present.end(), run) == present.end();
    };
    std::erase_if(versions_, [&](const std::shared_ptr<const Version>& version) {
      return std::any_of(version->runs.begin(), version->runs.end(), is_replaced);
    });
  }
  let_go.clear();
  ANNALS_RETURN_IF_ERROR(DeleteRetired());
  if (!std::exchange(has_deleted_, false)) return absl::OkStatus();
  return store_->Reclaim();
}

absl::Status DominanceForest::Flush() {
  MutexLock memory(&memory_mutex_);
  const std::shared_ptr<const Version> version = CurrentVersion();
  const Runs parts(FirstInMemory(version->runs), version->runs.end());
  if (parts.empty() && tail_->size() == 0) return absl::OkStatus();
  return StoreNewest(parts);
}

absl::Status DominanceForest::Compact() {
  MutexLock stored(&stored_mutex_);
  MutexLock memory(&memory_mutex_);
  const std::shared_ptr<const Version> version = CurrentVersion();
  const uint64_t points = version->run_points() + tail_->size();
  if (points > options_.merges.largest_points) {
    return absl::FailedPreconditionError(absl::StrCat("the dominance forest's ", points,
                                                      " points exceed the largest run of ",
                                                      options_.merges.largest_points));
  }
  const bool is_compact =
      tail_->size() == 0 &&
      (version->runs.empty() || (version->runs.size() == 1 && version->runs[0]->is_stored()));
  return is_compact ? absl::OkStatus() : StoreNewest(version->runs);
}

absl::Status DominanceForest::StoreNewest(const Runs& parts) {
  std::vector<std::unique_ptr<RunSource>> sources;
  for (const auto& run : parts) {
    sources.push_back(std::make_unique<StoredSource>(run.get(), store_));
  }
  const bool has_tail = tail_->size() > 0;
  if (has_tail) {
    sources.push_back(std::make_unique<TailSource>(*tail_, tail_->size(), options_.measures));
  }
  ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<const Run> run,
                          BuildRun(std::move(sources), /*to_store=*/true));
  Install(std::move(run), parts, /*new_tail=*/has_tail);
  return absl::OkStatus();
}

Manifest DominanceForest::manifest() const {
  MutexLock lock(&mutex_);
  Manifest manifest = {.sequence = sequence_,
                       .measures = static_cast<uint32_t>(options_.measures),
                       .next_run = next_run_};
  for (const auto& run : versions_.back()->runs) {
    if (!run->is_stored()) break;
    manifest.runs.push_back({run->id(), run->points(), run->fence_pages()});
  }
  return manifest;
}

void DominanceForest::Committed(uint64_t sequence) {
  MutexLock lock(&mutex_);
  committed_sequence_ = std::max(committed_sequence_, sequence);
}

Snapshot DominanceForest::Now() const {
  std::shared_ptr<const Version> version = CurrentVersion();
  const size_t tail_size = version->tail->size();
  return Snapshot(std::move(version), tail_size, store_, options_.measures);
}

std::optional<Snapshot> DominanceForest::At(uint64_t points) const {
  MutexLock lock(&mutex_);
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    const uint64_t run_points = (*version)->run_points();
    if (points < run_points) continue;
    if (points - run_points > (*version)->tail->size()) return std::nullopt;
    return Snapshot(*version, points - run_points, store_, options_.measures);
  }
  return std::nullopt;
}

DominanceForest::Statistics DominanceForest::statistics() const {
  const std::shared_ptr<const Version> version = CurrentVersion();
  Statistics statistics;
  const size_t point_bytes = sizeof(uint32_t) + 2 * sizeof(int64_t) + sizeof(Weight);
  {
    MutexLock lock(&mutex_);
    for (const auto& kept : versions_) {
      statistics.memory_bytes += kept->tail->capacity() * point_bytes;
    }
  }
  statistics.points = version->run_points() + version->tail->size();
  for (const auto& run : version->runs) {
    statistics.run_points.push_back(run->points());
    statistics.memory_bytes += run->memory_bytes();
  }
  return statistics;
}

}  // namespace annals::forest
