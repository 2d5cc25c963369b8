// MeasureIndex: all that is kept of one measure of one generation.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_MEASURE_INDEX_H_
#define ANNALS_ENGINE_INDEX_MEASURE_MEASURE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/forest/point.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_options.h"
#include "engine/index/lists/contribution_lists.h"
#include "engine/index/measure/group_directory.h"
#include "engine/index/measure/member_presence.h"
#include "engine/index/measure/presence_table.h"
#include "engine/index/measure/quantity_sum.h"
#include "engine/index/measure/world_forests.h"
#include "engine/index/pages/database_page_store.h"
#include "engine/index/pages/page_cache.h"
#include "engine/index/projection.h"
#include "engine/storage/database.h"
#include "engine/time/causality.h"

namespace annals {

// The contributions themselves, as lists by key (all kinds) and by member (sets):
// they answer anything, at the cost of what they hold. Beside them, for tallies
// and sets, forests of what they add up to, which answer sums at the cost of a few
// pages, as of the latest positions. A tally's points are its contributions; a
// set's are the corners of each member's presence (engine/index/measure/member_presence.h),
// so distinct members are a sum as well.
//
// State, Change, StagingParts and Stored are for one thread; MaintainOnce may run on
// another; the rest is for any. What Open is given must outlive it.
class MeasureIndex {
 public:
  struct Place {
    storage::Database* database;
    forest::PageCache* cache;
    IndexKeys keys;
    uint32_t generation;
    uint32_t measure;
  };

  // Events up to `stored` are in the database. DATA_LOSS if what is there is
  // damaged.
  static absl::StatusOr<std::unique_ptr<MeasureIndex>> Open(const IndexOptions& options,
                                                            const Place& place, MeasureKind kind,
                                                            Position stored);

  // The lists that a contribution goes to.
  struct ListNames {
    std::string key;
    std::string member;  // A set's.
  };
  // Into memory that is used again.
  void NameLists(const Contribution& contribution, ListNames* names) const;

  // What State() is about to be called with: Prefetch() brings what it then needs into
  // the processor's caches, for all at the same time. Neither changes anything.
  void Foresee(const ListNames& names);
  void Prefetch();

  // A contribution of the event that arrives, and the names of its lists.
  absl::Status State(const Contribution& contribution, const ListNames& names, uint32_t ordinal,
                     Position event, const EventTimes& times);
  // The arriving event changes the presence of `event`, whose contribution it is.
  absl::Status Change(const Contribution& contribution, uint32_t ordinal, Position event,
                      const EventTimes& times, const WorldSteps& steps, Position arrival);

  // What is in memory alone; a set's contributions count once.
  size_t pending_contributions() const;
  size_t pending_bytes() const;
  bool HasUncommittedMerges() const { return forests_ != nullptr && forests_->HasUncommitted(); }

  // Stages all, in parts that may run at the same time: each adds to a batch, and that
  // of the forests writes their pages before. Once all batches are written together:
  // Stored().
  using StagingPart = std::function<absl::Status(storage::Batch* batch)>;
  std::vector<StagingPart> StagingParts();
  void Stored(Position up_to);

  // The forests' tails: as DominanceForest::SetTailPoints.
  void SetTailPoints(size_t points);

  // Makes one merge if one is due. CANCELLED if a stop was requested.
  absl::StatusOr<bool> MaintainOnce(const std::stop_token& stop);

  MeasureKind kind() const { return kind_; }
  const ContributionLists& by_key() const { return by_key_; }
  const ContributionLists& by_member() const { return *by_member_; }  // A set's.
  const GroupDirectory& groups() const { return groups_; }

  // The sums as of a position. None: it is too long ago, or a register.
  std::optional<WorldSnapshot> SumsAt(Position position) const;

 private:
  MeasureIndex(const IndexOptions& options, const Place& place, MeasureKind kind, Position stored);

  absl::Status OpenForests(const IndexOptions& options, Position stored);
  absl::Status StageForests(storage::Batch* batch);
  absl::Status AddTally(const Contribution& contribution, const EventTimes& times,
                        absl::Span<const KnownStep> certain, absl::Span<const KnownStep> possible,
                        uint32_t group, Position arrival);
  std::optional<uint32_t> CountGroup(uint32_t tail_list, const std::string& list);
  absl::StatusOr<uint32_t> FindMember(uint32_t tail_list, const std::string& list);
  absl::Status AddMember(uint32_t member, const EventTimes& times, std::optional<uint32_t> group,
                         Position arrival);
  absl::Status ChangeMember(const std::string& list, std::optional<uint32_t> group,
                            Position arrival);
  absl::Status MovePresence(uint32_t member, MemberPresences after, std::optional<uint32_t> group,
                            Position arrival);

  const Place place_;
  const MeasureKind kind_;
  ContributionLists by_key_;
  std::optional<ContributionLists> by_member_;
  GroupDirectory groups_;
  PresenceTable presences_;
  std::unique_ptr<forest::DatabasePageStore> certain_pages_;
  std::unique_ptr<forest::DatabasePageStore> residual_pages_;
  std::unique_ptr<WorldForests> forests_;
  WorldForests::Manifests staged_;
  // By the number of a list in the tails: its group's, and its member's in presences_.
  std::vector<std::optional<uint32_t>> tail_groups_;
  std::vector<std::optional<uint32_t>> tail_members_;
  // Of the lists that are foreseen.
  std::vector<uint64_t> foreseen_keys_;
  std::vector<uint64_t> foreseen_members_;
  std::vector<uint32_t> guesses_;
  // Of the contribution at hand.
  std::vector<forest::Point> certain_points_;
  std::vector<forest::Point> possible_points_;
};

// A tally's weights are how many, their lower limits' sum, how many have none, by
// how much their upper limits' sum exceeds that of the lower ones, and how many
// have no upper limit; an absent limit counts as 0. A difference of more than 63
// bits takes more than one weight.
std::vector<forest::Weight> TallyWeights(const Quantity& quantity);
QuantitySum ToQuantitySum(const forest::WeightSum& sum);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_MEASURE_INDEX_H_
