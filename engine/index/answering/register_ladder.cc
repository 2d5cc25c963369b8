#include "engine/index/answering/register_ladder.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <tuple>
#include <utility>

namespace annals {
namespace {

constexpr size_t kFanOut = 16;
constexpr size_t kNowhere = std::numeric_limits<size_t>::max();
constexpr uint32_t kNoEnd = std::numeric_limits<uint32_t>::max();

template <typename T>
size_t BytesOf(const std::vector<T>& values) {
  return values.capacity() * sizeof(T);
}

}  // namespace

// The known times numbered `begin` to `last`, both included, of the entry of a rank.
struct RegisterLadder::Interval {
  uint32_t rank = 0;
  uint32_t begin = 0;
  uint32_t last = kNoEnd;

  // Of the tree: 2^level numbers from node << level on.
  size_t Level() const { return std::bit_width(begin ^ last); }
  uint32_t Node() const { return static_cast<uint32_t>(uint64_t{begin} >> Level()); }
};

RegisterLadder::Minima::Minima(std::vector<uint32_t> numbers) {
  rungs_.push_back(std::move(numbers));
  while (rungs_.back().size() > kFanOut) {
    const std::vector<uint32_t>& below = rungs_.back();
    std::vector<uint32_t> rung((below.size() + kFanOut - 1) / kFanOut, kNoEnd);
    for (size_t i = 0; i < below.size(); ++i) {
      rung[i / kFanOut] = std::min(rung[i / kFanOut], below[i]);
    }
    rungs_.push_back(std::move(rung));
  }
}

// Goes backwards: what is beyond the last whole group one by one, then whole
// groups by their minima, then what is before the first whole group.
size_t RegisterLadder::Minima::LastAtMost(size_t rung, size_t begin, size_t end,
                                          uint32_t most) const {
  const std::vector<uint32_t>& numbers = rungs_[rung];
  const bool is_top = rung + 1 == rungs_.size();
  while (end > begin && (is_top || end % kFanOut != 0)) {
    if (numbers[--end] <= most) return end;
  }
  const size_t first_group = (begin + kFanOut - 1) / kFanOut;
  if (first_group < end / kFanOut) {
    const size_t group = LastAtMost(rung + 1, first_group, end / kFanOut, most);
    if (group != kNowhere) {
      size_t place = group * kFanOut + kFanOut - 1;
      while (numbers[place] > most) --place;
      return place;
    }
    end = first_group * kFanOut;
  }
  while (end > begin) {
    if (numbers[--end] <= most) return end;
  }
  return kNowhere;
}

size_t RegisterLadder::Minima::memory_bytes() const {
  size_t bytes = BytesOf(rungs_);
  for (const std::vector<uint32_t>& rung : rungs_) bytes += BytesOf(rung);
  return bytes;
}

// 1. Rank the entries that are in the world at some time, and collect the known
//    times at which one comes or goes.
// 2. Number those, and turn the presences into intervals of numbers.
// 3. Lay the intervals out.
RegisterLadder::RegisterLadder(absl::Span<const RegisterEntry> entries) {
  assert(entries.size() <= kNoEnd / 2);
  std::vector<const RegisterEntry*> ranked;
  for (const RegisterEntry& entry : entries) {
    if (entry.presence.empty()) continue;
    ranked.push_back(&entry);
    for (const KnownStep& step : entry.presence) known_.push_back(step.known);
  }
  std::sort(ranked.begin(), ranked.end(), [](const RegisterEntry* a, const RegisterEntry* b) {
    return std::tie(a->occurred, a->known, a->event, a->index) <
           std::tie(b->occurred, b->known, b->event, b->index);
  });
  std::sort(known_.begin(), known_.end());
  known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
  known_.shrink_to_fit();

  std::vector<Interval> open;
  std::vector<Interval> closed;
  occurred_.reserve(ranked.size());
  index_.reserve(ranked.size());
  for (const RegisterEntry* entry : ranked) {
    Interval interval = {.rank = static_cast<uint32_t>(index_.size())};
    occurred_.push_back(entry->occurred);
    index_.push_back(entry->index);
    bool is_there = false;
    for (const KnownStep& step : entry->presence) {
      const uint32_t number = CountKnownBy(step.known) - 1;
      is_there = step.change > 0;
      if (is_there) {
        interval.begin = number;
      } else {
        interval.last = number - 1;
        closed.push_back(interval);
      }
    }
    interval.last = kNoEnd;
    if (is_there) open.push_back(interval);
  }
  AddOpen(open);
  AddClosed(std::move(closed));
}

void RegisterLadder::AddOpen(const std::vector<Interval>& intervals) {
  std::vector<uint32_t> begins;
  begins.reserve(intervals.size());
  open_rank_.reserve(intervals.size());
  for (const Interval& interval : intervals) {
    open_rank_.push_back(interval.rank);
    begins.push_back(interval.begin);
  }
  open_begin_ = Minima(std::move(begins));
}

void RegisterLadder::AddClosed(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return std::make_tuple(a.Level(), a.Node(), a.rank, a.begin) <
           std::make_tuple(b.Level(), b.Node(), b.rank, b.begin);
  });
  std::vector<uint32_t> begins;
  std::vector<uint32_t> ends;
  begins.reserve(intervals.size());
  ends.reserve(intervals.size());
  closed_rank_.reserve(intervals.size());
  if (!intervals.empty()) levels_.resize(intervals.back().Level() + 1);
  for (const Interval& interval : intervals) {
    Starts& starts = levels_[interval.Level()];
    if (starts.empty()) starts.resize((known_.size() >> interval.Level()) + 2);
    ++starts[interval.Node() + 1];
    closed_rank_.push_back(interval.rank);
    begins.push_back(interval.begin);
    ends.push_back(~interval.last);
  }
  uint32_t place = 0;
  for (Starts& starts : levels_) {
    for (uint32_t& start : starts) start = place += start;
  }
  closed_begin_ = Minima(std::move(begins));
  closed_end_ = Minima(std::move(ends));
}

uint32_t RegisterLadder::CountKnownBy(Instant known) const {
  return std::upper_bound(known_.begin(), known_.end(), known) - known_.begin();
}

uint32_t RegisterLadder::BestOpen(uint32_t limit, uint32_t number) const {
  // Where nothing was corrected for good, ranks are places.
  const bool all = open_rank_.size() == occurred_.size();
  const size_t end =
      all ? limit
          : std::lower_bound(open_rank_.begin(), open_rank_.end(), limit) - open_rank_.begin();
  const size_t place = open_begin_.LastAtMost(0, 0, end, number);
  return place == kNowhere ? 0 : open_rank_[place] + 1;
}

uint32_t RegisterLadder::BestInNode(size_t level, uint32_t limit, uint32_t number,
                                    uint32_t best) const {
  const Starts& starts = levels_[level];
  if (starts.empty()) return best;
  const size_t node = number >> level;
  const size_t begin = starts[node];
  size_t end = starts[node + 1];
  if (begin == end || closed_rank_[end - 1] < best) return best;
  end = std::lower_bound(closed_rank_.begin() + begin, closed_rank_.begin() + end, limit) -
        closed_rank_.begin();
  if (begin == end || closed_rank_[end - 1] < best) return best;
  size_t place = end - 1;
  if (level > 0) {
    const bool beyond_middle = (number >> (level - 1)) % 2 == 1;
    place = beyond_middle ? closed_end_.LastAtMost(0, begin, end, ~number)
                          : closed_begin_.LastAtMost(0, begin, end, number);
  }
  return place == kNowhere ? best : std::max(best, closed_rank_[place] + 1);
}

std::optional<uint32_t> RegisterLadder::Holder(Instant valid, Instant known) const {
  const uint32_t known_by = CountKnownBy(known);
  if (known_by == 0) return std::nullopt;
  const uint32_t number = known_by - 1;
  const uint32_t limit =
      std::upper_bound(occurred_.begin(), occurred_.end(), valid) - occurred_.begin();
  uint32_t best = BestOpen(limit, number);
  for (size_t level = 0; level < levels_.size(); ++level) {
    best = BestInNode(level, limit, number, best);
  }
  return best == 0 ? std::nullopt : std::optional<uint32_t>(index_[best - 1]);
}

size_t RegisterLadder::memory_bytes() const {
  size_t bytes = sizeof(*this) + BytesOf(occurred_) + BytesOf(index_) + BytesOf(known_) +
                 BytesOf(open_rank_) + open_begin_.memory_bytes() + BytesOf(levels_) +
                 BytesOf(closed_rank_) + closed_begin_.memory_bytes() + closed_end_.memory_bytes();
  for (const Starts& starts : levels_) bytes += BytesOf(starts);
  return bytes;
}

}  // namespace annals
