#include "engine/index/forest/snapshot.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/base/status.h"
#include "engine/index/forest/page.h"
#include "engine/index/forest/page_batch.h"
#include "engine/index/forest/run_query.h"

namespace annals::forest {
namespace {

// The most pages that one read asks for, give or take a run's last group.
constexpr size_t kMostPages = 8192;

constexpr size_t kCornersAtOnce = 1024;

using Sums = absl::flat_hash_map<uint32_t, WeightSum>;

// Of the probes in flight; they are large, so no more than there are.
using Readings = absl::InlinedVector<GroupProbe::Reading, kInFlight>;

// Adds up a range of groups over runs.
class RangeSummer {
 public:
  RangeSummer(const PageStore* store, GroupRange groups, Corner corner, Sums* sums)
      : store_(store), groups_(groups), corner_(corner), sums_(sums) {}

  // 1. A group that a top page begins with has a probe of its own.
  // 2. All others lie on one page each: the last of those that begin with the
  //    group before them. It is read for its list of groups, unless there is no
  //    number between that group and the next page's.
  absl::Status AddRun(const Run& run) {
    if (!StartWork(run)) return absl::OkStatus();
    const RunFences& fences = run.fences();
    for (size_t i = 0; i < fences.groups.size(); ++i) {
      const bool last = i + 1 == fences.groups.size();
      const uint64_t id = fences.groups[i].id;
      const uint64_t next_id = last ? uint64_t{UINT32_MAX} + 1 : fences.groups[i + 1].id;
      if (id >= groups_.first && id <= groups_.last) PlanGroup(static_cast<uint32_t>(id));
      if (next_id > id + 1 && next_id > groups_.first && id < groups_.last) {
        const size_t pages = fences.top_first_valid.size();
        PlanOthers(static_cast<uint32_t>((last ? pages : fences.groups[i + 1].first_page) - 1), id,
                   next_id);
      }
      if (batch_.size() >= kMostPages) {
        ANNALS_RETURN_IF_ERROR(Drain());
        StartWork(run);
      }
    }
    return absl::OkStatus();
  }

  // Reads what was planned, and adds it up.
  absl::Status Drain() {
    ANNALS_RETURN_IF_ERROR(batch_.Fetch(*store_, Access::kQuery));
    for (Work& work : works_) {
      ANNALS_RETURN_IF_ERROR(work.cut.Open(*work.run, batch_));
      work.cut.Resolve(*work.run);
      ANNALS_RETURN_IF_ERROR(AddProbes(work));
      for (const Others& others : work.others) ANNALS_RETURN_IF_ERROR(AddOthers(work, others));
    }
    works_.clear();
    batch_.Clear();
    return absl::OkStatus();
  }

 private:
  // The groups on `top` that are after `after` and before `before`.
  struct Others {
    uint32_t top;
    size_t slot;
    uint64_t after;
    uint64_t before;
  };
  struct Work {
    Work(const Run* of_run, const KnownCut& of_known) : run(of_run), cut(of_known) {}

    const Run* run;
    KnownCut cut;
    GroupProbe::List probes;
    std::vector<Others> others;
  };

  bool StartWork(const Run& run) {
    KnownCut cut(run, corner_.known.micros);
    if (cut.admits_none()) return false;
    works_.emplace_back(&run, cut);
    return true;
  }

  void PlanGroup(uint32_t group) {
    Work& work = works_.back();
    GroupProbe::Plan(*work.run, group, corner_.valid.micros, &work.cut, &batch_, &work.probes);
  }

  void PlanOthers(uint32_t top, uint64_t after, uint64_t before) {
    Work& work = works_.back();
    work.cut.AskForRank(*work.run, &batch_);
    work.others.push_back({top, batch_.Add(*work.run, PageKind::kTop, top), after, before});
  }

  absl::Status AddProbes(const Work& work) {
    const auto& probes = work.probes;
    Readings readings(std::min(kInFlight, probes.size()));
    return InThreeSteps(
        probes.size(),
        [&](size_t i) {
          if (i + kInFlight / 2 < probes.size()) {
            probes[i + kInFlight / 2].PrefetchHeads(batch_);
          }
          return probes[i].Open(batch_, work.cut, &readings[i % kInFlight]);
        },
        [&](size_t i) { return probes[i].Locate(work.cut, &readings[i % kInFlight]); },
        [&](size_t i) {
          return probes[i].AddTo(&(*sums_)[probes[i].group()], work.cut, readings[i % kInFlight]);
        });
  }

  absl::Status AddOthers(const Work& work, const Others& others) {
    ANNALS_ASSIGN_OR_RETURN(const EntryPage page,
                            EntryPage::Parse(batch_.page(others.slot), work.run->measures()));
    for (const Entries::Group& group : page.Groups()) {
      if (group.id <= others.after || group.id >= others.before || group.id < groups_.first ||
          group.id > groups_.last) {
        continue;
      }
      const GroupProbe probe(*work.run, group.id, corner_.valid.micros, others.top, others.slot);
      GroupProbe::Reading reading;
      ANNALS_RETURN_IF_ERROR(probe.Open(batch_, work.cut, &reading));
      ANNALS_RETURN_IF_ERROR(probe.Locate(work.cut, &reading));
      ANNALS_RETURN_IF_ERROR(probe.AddTo(&(*sums_)[group.id], work.cut, reading));
    }
    return absl::OkStatus();
  }

  const PageStore* const store_;
  const GroupRange groups_;
  const Corner corner_;
  Sums* const sums_;
  PageBatch batch_{PageBatch::Sharing::kSharePages};
  std::vector<Work> works_;
};

// What one corner needs of one run, beside its probes.
struct CornerWork {
  const Run* run;
  size_t corner;
  KnownCut cut;
};

}  // namespace

uint64_t Version::run_points() const {
  uint64_t points = 0;
  for (const auto& run : runs) points += run->points();
  return points;
}

absl::StatusOr<WeightSum> Snapshot::Sum(uint32_t group, Corner corner) const {
  WeightSum sum = {};
  ANNALS_RETURN_IF_ERROR(SweepPart(group, {corner}, absl::MakeSpan(&sum, 1)));
  return sum;
}

absl::StatusOr<std::vector<GroupSum>> Snapshot::SumAll(GroupRange groups, Corner corner) const {
  Sums sums;
  RangeSummer summer(store_, groups, corner, &sums);
  for (const auto& run : version_->runs) ANNALS_RETURN_IF_ERROR(summer.AddRun(*run));
  ANNALS_RETURN_IF_ERROR(summer.Drain());
  version_->tail->ForEach(groups, corner, tail_size_, [&](uint32_t group, const Weight& weight) {
    WeightSum& sum = sums[group];
    for (size_t m = 0; m < measures_; ++m) sum[m] += weight[m];
  });
  std::vector<GroupSum> rows;
  for (const auto& [group, sum] : sums) {
    if (sum != WeightSum{}) rows.push_back({group, sum});
  }
  std::sort(rows.begin(), rows.end(),
            [](const GroupSum& a, const GroupSum& b) { return a.group < b.group; });
  return rows;
}

absl::StatusOr<std::vector<WeightSum>> Snapshot::Sweep(uint32_t group,
                                                       absl::Span<const Corner> corners) const {
  std::vector<WeightSum> sums(corners.size());
  for (size_t begin = 0; begin < corners.size(); begin += kCornersAtOnce) {
    ANNALS_RETURN_IF_ERROR(SweepPart(group, corners.subspan(begin, kCornersAtOnce),
                                     absl::MakeSpan(sums).subspan(begin, kCornersAtOnce)));
  }
  return sums;
}

// 1. What each corner needs of each run, by the fences in memory alone.
// 2. One read of all of it.
// 3. The sums, of the pages and of the tail.
absl::Status Snapshot::SweepPart(uint32_t group, absl::Span<const Corner> corners,
                                 absl::Span<WeightSum> sums) const {
  PageBatch batch(corners.size() > 1 ? PageBatch::Sharing::kSharePages : PageBatch::Sharing::kNone);
  absl::InlinedVector<CornerWork, 4> works;
  GroupProbe::List probes;
  absl::InlinedVector<size_t, kFewPages> work_of;  // By probe.
  works.reserve(corners.size() * version_->runs.size());
  for (size_t i = 0; i < corners.size(); ++i) {
    for (const auto& run : version_->runs) {
      run->fences().Prefetch(group, corners[i].valid.micros);
      KnownCut cut(*run, corners[i].known.micros);
      if (cut.admits_none()) continue;
      GroupProbe::Plan(*run, group, corners[i].valid.micros, &cut, &batch, &probes);
      if (probes.size() == work_of.size()) continue;
      work_of.resize(probes.size(), works.size());
      works.push_back({run.get(), i, cut});
    }
  }
  ANNALS_RETURN_IF_ERROR(batch.Fetch(*store_, Access::kQuery));
  Readings readings(std::min(kInFlight, probes.size()));
  ANNALS_RETURN_IF_ERROR(InThreeSteps(
      probes.size(),
      [&](size_t i) {
        CornerWork& work = works[work_of[i]];
        ANNALS_RETURN_IF_ERROR(work.cut.Open(*work.run, batch));
        return probes[i].Open(batch, work.cut, &readings[i % kInFlight]);
      },
      [&](size_t i) {
        CornerWork& work = works[work_of[i]];
        work.cut.Resolve(*work.run);
        return probes[i].Locate(work.cut, &readings[i % kInFlight]);
      },
      [&](size_t i) {
        const CornerWork& work = works[work_of[i]];
        return probes[i].AddTo(&sums[work.corner], work.cut, readings[i % kInFlight]);
      }));
  for (size_t i = 0; i < corners.size(); ++i) {
    version_->tail->AddTo(&sums[i], group, corners[i], tail_size_, measures_);
  }
  return absl::OkStatus();
}

}  // namespace annals::forest
