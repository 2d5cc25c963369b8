#include "engine/index/forest/run_merger.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "engine/base/mapped_allocator.h"
#include "engine/base/status.h"
#include "engine/index/forest/run_builder.h"

namespace annals::forest {
namespace {

// What a merge goes by: above every key of an entry and of a known time.
using MergeKey = unsigned __int128;
constexpr MergeKey kNoMore = ~MergeKey{0};

// A merge asks every so many points whether it is to stop.
constexpr uint64_t kPointsBetweenLooks = 4096;

uint64_t OrderedBits(int64_t time) { return static_cast<uint64_t>(time) ^ (uint64_t{1} << 63); }

// New ranks by a source's own.
using Ranks = std::vector<uint32_t, MappedAllocator<uint32_t>>;

// A source's known times, one by one.
class KnownCursor {
 public:
  explicit KnownCursor(RunSource* source) : source_(source) { Refill(); }

  bool done() const { return done_; }
  int64_t known() const { return piece_[next_]; }
  MergeKey key() const { return done_ ? kNoMore : OrderedBits(known()); }
  void Advance() {
    if (++next_ == piece_.size()) Refill();
  }

 private:
  void Refill() {
    next_ = 0;
    done_ = !source_->NextKnown(&piece_);
  }

  RunSource* const source_;
  std::vector<int64_t> piece_;
  size_t next_ = 0;
  bool done_ = false;
};

// A source's entries, one by one, with their ranks among all sources' points.
class EntryCursor {
 public:
  // `ranks` has the new rank by the source's own.
  EntryCursor(RunSource* source, const Ranks* ranks) : source_(source), ranks_(ranks) { Refill(); }

  bool is_sound() const { return sound_; }
  uint32_t group() const { return piece_.groups[group_].id; }
  const Entries& piece() const { return piece_; }
  size_t index() const { return next_; }
  MergeKey key() const {
    if (done_) return kNoMore;
    return static_cast<MergeKey>(group()) << 64 | OrderedBits(piece_.keys[next_]);
  }
  void Advance() {
    if (++next_ == piece_.size()) return Refill();
    if (next_ == piece_.groups[group_].end) ++group_;
  }

 private:
  void Refill() {
    next_ = 0;
    group_ = 0;
    done_ = !source_->NextEntries(&piece_);
    if (done_) return;
    // For a page at once: each look-up is as good as random, but none waits for
    // another.
    for (int64_t& rank : piece_.ranks) {
      const auto own = static_cast<uint64_t>(rank);
      sound_ = sound_ && own < ranks_->size();
      rank = sound_ ? (*ranks_)[own] : 0;
    }
    done_ = !sound_;
  }

  RunSource* const source_;
  const Ranks* const ranks_;
  Entries piece_;
  size_t next_ = 0;
  size_t group_ = 0;
  bool done_ = false;
  bool sound_ = true;
};

// Calls `take(i)` for the cursor with the least key, any of them if there are
// several, and advances it, until all are done or `take` returns false.
//
// A tournament of losers: a cursor that has advanced plays only the losers on its
// own way to the top, one a round. Who wins is as good as random, so the rounds
// are written to need no branch on it.
template <typename Cursor, typename Take>
void MergeInOrder(std::vector<Cursor>* cursors, Take take) {
  const size_t players = std::bit_ceil(cursors->size());
  std::vector<MergeKey> keys(players, kNoMore);
  for (size_t i = 0; i < cursors->size(); ++i) keys[i] = (*cursors)[i].key();
  std::vector<uint32_t> losers(players);  // By node; node n plays for n / 2.
  std::vector<uint32_t> winners(2 * players);
  for (size_t i = 0; i < players; ++i) winners[players + i] = static_cast<uint32_t>(i);
  for (size_t node = players - 1; node > 0; --node) {
    const uint32_t a = winners[2 * node];
    const uint32_t b = winners[2 * node + 1];
    winners[node] = keys[b] < keys[a] ? b : a;
    losers[node] = keys[b] < keys[a] ? a : b;
  }
  uint32_t winner = players == 1 ? 0 : winners[1];
  while (keys[winner] != kNoMore) {
    if (!take(winner)) return;
    (*cursors)[winner].Advance();
    MergeKey key = (*cursors)[winner].key();
    keys[winner] = key;
    for (size_t node = (players + winner) / 2; node > 0; node /= 2) {
      const uint32_t loser = losers[node];
      const MergeKey loser_key = keys[loser];
      const bool lost = loser_key < key;
      losers[node] = lost ? winner : loser;
      winner = lost ? loser : winner;
      key = lost ? loser_key : key;
    }
  }
}

// A merge in progress. Its steps are in the order of its methods.
class Merge {
 public:
  Merge(std::vector<std::unique_ptr<RunSource>> sources, std::stop_token stop)
      : sources_(std::move(sources)), stop_(std::move(stop)), ranks_(sources_.size()) {}

  // 1. Where each source's known times come among those of all, and the first one of
  //    each leaf of so many points.
  absl::Status RankKnownTimes(uint64_t leaf_points, std::vector<int64_t>* first_known) {
    std::vector<KnownCursor> cursors;
    for (size_t i = 0; i < sources_.size(); ++i) {
      cursors.emplace_back(sources_[i].get());
      ranks_[i].reserve(sources_[i]->points());
    }
    uint32_t rank = 0;
    MergeInOrder(&cursors, [&](size_t i) {
      if (rank % leaf_points == 0) first_known->push_back(cursors[i].known());
      ranks_[i].push_back(rank++);
      return !IsStoppedAt(rank);
    });
    return Status();
  }

  // 2. The entries by (group, valid), with their ranks among all.
  absl::Status MergeEntries(RunBuilder* builder) {
    std::vector<EntryCursor> cursors;
    for (size_t i = 0; i < sources_.size(); ++i) {
      cursors.emplace_back(sources_[i].get(), &ranks_[i]);
    }
    absl::Status status;
    uint64_t entries = 0;
    MergeInOrder(&cursors, [&](size_t i) {
      const EntryCursor& cursor = cursors[i];
      status = builder->Append(cursor.group(), cursor.piece(), cursor.index());
      return status.ok() && !IsStoppedAt(++entries);
    });
    ANNALS_RETURN_IF_ERROR(status);
    for (const EntryCursor& cursor : cursors) {
      if (!cursor.is_sound()) {
        return absl::DataLossError("an entry's rank exceeds its run; rebuild the index");
      }
    }
    ANNALS_RETURN_IF_ERROR(Status());
    return builder->FinishEntries();
  }

  // 3. The leaves: the known times again, each put where its rank says.
  absl::Status WriteLeaves(RunBuilder* builder, uint64_t points) {
    std::vector<KnownCursor> cursors;
    for (const auto& source : sources_) {
      source->RewindKnown();
      cursors.emplace_back(source.get());
    }
    std::vector<size_t> next(sources_.size(), 0);
    std::vector<int64_t> leaf;
    const uint64_t leaf_points = builder->leaf_points();
    for (uint64_t begin = 0; begin < points; begin += leaf_points) {
      const uint64_t end = std::min(points, begin + leaf_points);
      leaf.resize(end - begin);
      for (size_t i = 0; i < cursors.size(); ++i) {
        const Ranks& ranks = ranks_[i];
        for (; next[i] < ranks.size() && ranks[next[i]] < end && !cursors[i].done(); ++next[i]) {
          leaf[ranks[next[i]] - begin] = cursors[i].known();
          cursors[i].Advance();
        }
      }
      ANNALS_RETURN_IF_ERROR(Status());
      ANNALS_RETURN_IF_ERROR(builder->AppendLeaf(leaf));
    }
    return absl::OkStatus();
  }

 private:
  bool IsStoppedAt(uint64_t point) const {
    return point % kPointsBetweenLooks == 0 && stop_.stop_requested();
  }
  absl::Status Status() const {
    if (stop_.stop_requested()) return absl::CancelledError("the merge was told to stop");
    for (const auto& source : sources_) ANNALS_RETURN_IF_ERROR(source->status());
    return absl::OkStatus();
  }

  const std::vector<std::unique_ptr<RunSource>> sources_;
  const std::stop_token stop_;
  std::vector<Ranks> ranks_;  // By source and its own rank.
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Run>> MergeIntoRun(
    const RunPlan& plan, std::vector<std::unique_ptr<RunSource>> sources) {
  uint64_t points = 0;
  for (const auto& source : sources) points += source->points();
  const RunFences shape = RunFences::ForShape(plan.shape, points);
  std::vector<int64_t> first_known;
  first_known.reserve(shape.leaves());
  Merge merge(std::move(sources), plan.stop);
  ANNALS_RETURN_IF_ERROR(merge.RankKnownTimes(uint64_t{1} << shape.leaf_log2, &first_known));
  PageWriter writer(plan.id, plan.store);
  RunBuilder builder(plan.shape, plan.measures, points, std::move(first_known), &writer);
  ANNALS_RETURN_IF_ERROR(merge.MergeEntries(&builder));
  ANNALS_RETURN_IF_ERROR(merge.WriteLeaves(&builder, points));
  ANNALS_ASSIGN_OR_RETURN(RunFences fences, builder.Finish());
  if (writer.is_stored()) {
    return std::make_shared<const Run>(plan.id, plan.measures, std::move(fences),
                                       writer.fence_pages());
  }
  return std::make_shared<const Run>(plan.id, plan.measures, std::move(fences),
                                     writer.TakeOwnPages());
}

}  // namespace annals::forest
