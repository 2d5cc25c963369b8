#include "engine/index/forest/rank_window.h"

#include <algorithm>

namespace annals::forest {
namespace {

struct Span {
  size_t begin = 0;
  size_t size = 0;
};

// The longest part of `ranks`, which ascend, that is narrower than `width`.
Span Densest(const std::vector<int64_t>& ranks, double width) {
  Span densest;
  size_t begin = 0;
  for (size_t end = 1; end <= ranks.size(); ++end) {
    while (static_cast<double>(ranks[end - 1] - ranks[begin]) >= width) ++begin;
    if (end - begin > densest.size) densest = {begin, end - begin};
  }
  return densest;
}

// Of that part, the one that is worth most, where an entry is worth one, and each rank
// that lies between the first and the last takes `rank_cost` away.
Span Trimmed(const std::vector<int64_t>& ranks, Span part, double rank_cost) {
  Span most;
  double most_worth = 0;
  Span open = {part.begin, 0};
  double worth = 0;
  for (size_t i = part.begin; i < part.begin + part.size; ++i) {
    if (open.size > 0) worth -= rank_cost * static_cast<double>(ranks[i] - ranks[i - 1]);
    if (worth <= 0) {
      open = {i, 0};
      worth = 0;
    }
    worth += 1;
    ++open.size;
    if (worth > most_worth) {
      most_worth = worth;
      most = open;
    }
  }
  return most;
}

}  // namespace

void WindowPicker::StartGroup() {
  page_count_ = 0;
  entries_ = 0;
  last_ = {0, 0};
}

// In between two of the known times that it has, as if they came evenly.
double WindowPicker::RankAt(int64_t time) const {
  const auto after = std::upper_bound(first_known_->begin(), first_known_->end(), time);
  if (after == first_known_->begin()) return 0;
  const auto leaf_points = static_cast<double>(uint64_t{1} << leaf_log2_);
  const double leaf = static_cast<double>(after - first_known_->begin() - 1);
  if (after == first_known_->end()) return leaf * leaf_points;
  const auto known = static_cast<double>(*(after - 1));
  const double share = (static_cast<double>(time) - known) / (static_cast<double>(*after) - known);
  return (leaf + share) * leaf_points;
}

// 1. By how many ranks valid time moves on from page to page, over the last few
//    pages: a window of kMostCut times that leaves the invariant to the later ones.
// 2. The densest window of that width, not before where the invariant lets it begin.
// 3. If not all entries are in it, some go down anyway: then it is no wider than its
//    entries are worth.
bool WindowPicker::Pick(absl::Span<const int64_t> ranks, int64_t first_valid, int64_t next_valid,
                        RankRange* window) {
  Page& page = pages_[page_count_ % kMostCut];
  const uint64_t least = page_count_ < kMostCut ? 0 : std::max(last_.begin, page.end);
  page.first_rank = RankAt(first_valid);
  page.entries = entries_;
  const Page& oldest =
      page_count_ < kMostCut ? pages_.front() : pages_[(page_count_ + 1) % kMostCut];
  entries_ += ranks.size();
  ++page_count_;

  const double moved = RankAt(next_valid) - oldest.first_rank;
  const double width = moved * static_cast<double>(kMostCut * page_entries_) /
                       static_cast<double>(entries_ - oldest.entries);
  sorted_.assign(ranks.begin(), ranks.end());
  std::sort(sorted_.begin(), sorted_.end());
  const auto allowed = static_cast<int64_t>(std::max(least, last_.begin));
  sorted_.erase(sorted_.begin(), std::lower_bound(sorted_.begin(), sorted_.end(), allowed));
  Span densest = width > 0 ? Densest(sorted_, width) : Span();
  if (densest.size < ranks.size()) {
    const double page_cost = static_cast<double>(page_entries_) / kWorthOfPage;
    densest = Trimmed(sorted_, densest, page_cost * kMostCut / width);
  }
  const bool stay = densest.size > 0 && densest.size * 2 >= ranks.size();
  if (stay) {
    last_.begin = static_cast<uint64_t>(sorted_[densest.begin]);
    const auto end = static_cast<uint64_t>(sorted_[densest.begin + densest.size - 1]) + 1;
    last_.end = std::max(last_.end, end);
  } else {
    const uint64_t leaf_points = uint64_t{1} << leaf_log2_;
    const uint64_t edge = (last_.end + leaf_points - 1) / leaf_points * leaf_points;
    last_.begin = last_.end = std::min<uint64_t>(edge, UINT32_MAX);
  }
  page.end = last_.end;
  *window = last_;
  return stay;
}

}  // namespace annals::forest
