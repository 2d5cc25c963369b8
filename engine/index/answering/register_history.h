// RegisterHistory: all that is to be known of one register in one world.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_HISTORY_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_HISTORY_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/answering/register_ladder.h"
#include "engine/index/lists/contribution_lists.h"
#include "engine/index/temporal_index.h"

namespace annals {

// A list's contributions, sorted, with what they state: as of a range of
// positions, the same as a scan of the list says. Those that came since they were
// sorted are kept beside them, as long as they are few. Immutable, and thus
// thread-safe.
class RegisterHistory {
 public:
  // Who holds the register. `content` lives as long as the history.
  struct Holding {
    Position event;
    Instant occurred;
    Instant known;
    absl::string_view content;
  };

  // Sorts what the list holds up to `position`. Null: that would take more than
  // `most_bytes`. DATA_LOSS if stored bytes are wrong. Reads the list.
  static absl::StatusOr<std::shared_ptr<const RegisterHistory>> Read(const ContributionLists& lists,
                                                                     const std::string& list,
                                                                     WorldKind world,
                                                                     Position position,
                                                                     size_t most_bytes);

  // The same, reaching as far as `position`, which is beyond up_to(). Null: it has
  // to be sorted anew, for a correction changed what was sorted or too much came.
  // DATA_LOSS if stored bytes are wrong. Reads what came.
  absl::StatusOr<std::shared_ptr<const RegisterHistory>> ReachingTo(Position position,
                                                                    const ContributionLists& lists,
                                                                    const std::string& list) const;

  // The positions that it can tell about.
  Position from() const { return from_; }
  Position up_to() const { return up_to_; }

  // Whether it is the other world's history as well.
  bool is_of_both_worlds() const { return is_of_both_worlds_; }

  // The one that holds the register, as TemporalIndex::Registers says. O(log n), at
  // the worst O(log² n), and a look at each that came since.
  std::optional<Holding> Holder(Instant valid, Instant known, Position position) const;

  size_t memory_bytes() const;

 private:
  struct Row {
    Position event;
    Instant occurred;
    Instant known;
    uint32_t content_begin;
    uint32_t content_bytes;
  };
  struct Sorted {
    explicit Sorted(absl::Span<const RegisterEntry> entries) : ladder(entries) {}
    RegisterLadder ladder;
    std::vector<Row> rows;  // By the ladder's indices.
    std::string contents;   // Those that are equal, once.
  };
  struct Recent {
    RegisterEntry entry;
    std::string content;
  };
  using Recents = std::vector<Recent>;
  class Sorter;

  RegisterHistory() = default;
  bool HasFewRecent(size_t count) const;

  WorldKind world_ = WorldKind::kCertain;
  bool is_of_both_worlds_ = true;
  Position from_;
  Position up_to_;
  std::shared_ptr<const Sorted> sorted_;
  std::shared_ptr<const Recents> recents_;  // In order of arrival.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_HISTORY_H_
