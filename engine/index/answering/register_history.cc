#include "engine/index/answering/register_history.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/admission.h"
#include "engine/index/lists/list_cursor.h"
#include "engine/index/lists/list_range.h"

namespace annals {
namespace {

// What has come since a list was sorted is looked at one by one. Sorting anew takes
// about as long as many such questions, the more the longer the list is.
constexpr size_t kFewRecent = 64;
constexpr size_t kSortedPerRecent = 256;

// What the ladder takes for an entry that was never corrected.
constexpr size_t kLadderEntryBytes = 28;

// A contribution as a ladder wants it.
struct Reading {
  RegisterEntry entry;
  absl::string_view content;
  bool is_corrected = false;
  bool is_same_in_both_worlds = false;
};

bool IsZeroOrOneEverywhere(const KnownSteps& presence) {
  int value = 0;
  for (const KnownStep& step : presence) {
    value += step.change;
    if (value != 0 && value != 1) return false;
  }
  return true;
}

absl::StatusOr<Reading> ReadAt(const ListCursor& row, WorldKind world) {
  Reading reading = {.content = row.content()};
  RegisterEntry& entry = reading.entry;
  const EventTimes& times = row.times();
  entry.event = row.event();
  entry.occurred = CoordinateIn(world, times.occurred);
  entry.known = CoordinateIn(world, times.known);
  entry.presence = {{entry.known, 1}};
  reading.is_corrected = !row.changes().empty();
  reading.is_same_in_both_worlds = times.occurred.earliest == times.occurred.latest &&
                                   times.known.earliest == times.known.latest;
  for (const WorldSteps& change : row.changes()) {
    entry.presence = SumOf(entry.presence, change.In(world));
    if (change.certain != change.possible) reading.is_same_in_both_worlds = false;
  }
  if (!IsZeroOrOneEverywhere(entry.presence)) {
    return absl::DataLossError(
        absl::StrCat("the corrections of event ", entry.event.value, " don't add up"));
  }
  return reading;
}

// Calls `visit` with each contribution of the list in (after, up_to], until it
// returns false.
template <typename Visit>
absl::Status ReadList(const ContributionLists& lists, const std::string& list, Position after,
                      Position up_to, WorldKind world, Visit visit) {
  ListCursor rows = lists.Open(ListRange::OneList(list, after), up_to);
  while (rows.Next() && rows.event() <= up_to) {
    ANNALS_ASSIGN_OR_RETURN(Reading reading, ReadAt(rows, world));
    if (!visit(std::move(reading))) return absl::OkStatus();
  }
  return rows.status();
}

bool RanksBelow(const RegisterHistory::Holding& a, const RegisterEntry& b) {
  return std::tie(a.occurred, a.known, a.event) <= std::tie(b.occurred, b.known, b.event);
}

}  // namespace

// Collects a list's contributions, as long as they don't take too much.
class RegisterHistory::Sorter {
 public:
  explicit Sorter(size_t most_bytes)
      : most_bytes_(std::min<size_t>(most_bytes, std::numeric_limits<uint32_t>::max())) {}

  // False: it is too much.
  bool Add(Reading reading) {
    if (reading.entry.presence.empty()) return true;
    Row row = {.event = reading.entry.event,
               .occurred = reading.entry.occurred,
               .known = reading.entry.known};
    const auto [found, is_new] = begin_of_.try_emplace(std::string(reading.content), 0);
    if (is_new) {
      found->second = static_cast<uint32_t>(contents_.size());
      contents_.append(reading.content.data(), reading.content.size());
    }
    row.content_begin = found->second;
    row.content_bytes = static_cast<uint32_t>(reading.content.size());
    reading.entry.index = static_cast<uint32_t>(rows_.size());
    rows_.push_back(row);
    entries_.push_back(std::move(reading.entry));
    return rows_.size() * (sizeof(Row) + kLadderEntryBytes) + contents_.size() <= most_bytes_;
  }

  std::shared_ptr<const Sorted> Sort() && {
    begin_of_.clear();
    auto sorted = std::make_shared<Sorted>(entries_);
    rows_.shrink_to_fit();
    contents_.shrink_to_fit();
    sorted->rows = std::move(rows_);
    sorted->contents = std::move(contents_);
    return sorted;
  }

 private:
  const size_t most_bytes_;
  std::vector<RegisterEntry> entries_;
  std::vector<Row> rows_;
  std::string contents_;
  absl::flat_hash_map<std::string, uint32_t> begin_of_;
};

absl::StatusOr<std::shared_ptr<const RegisterHistory>> RegisterHistory::Read(
    const ContributionLists& lists, const std::string& list, WorldKind world, Position position,
    size_t most_bytes) {
  std::shared_ptr<RegisterHistory> history(new RegisterHistory());
  history->world_ = world;
  history->from_ = history->up_to_ = position;
  history->recents_ = std::make_shared<Recents>();
  Sorter sorter(most_bytes);
  bool fits = true;
  ANNALS_RETURN_IF_ERROR(ReadList(lists, list, {0}, position, world, [&](Reading reading) {
    if (!reading.is_same_in_both_worlds) history->is_of_both_worlds_ = false;
    fits = sorter.Add(std::move(reading));
    return fits;
  }));
  if (!fits) return nullptr;
  history->sorted_ = std::move(sorter).Sort();
  if (history->memory_bytes() > most_bytes) return nullptr;
  return history;
}

absl::StatusOr<std::shared_ptr<const RegisterHistory>> RegisterHistory::ReachingTo(
    Position position, const ContributionLists& lists, const std::string& list) const {
  ANNALS_ASSIGN_OR_RETURN(const bool has_changed, lists.HasChanged(list, up_to_, position));
  if (has_changed) return nullptr;
  std::shared_ptr<RegisterHistory> history(new RegisterHistory(*this));
  history->up_to_ = position;
  if (!lists.MayHaveStatedAfter(list, up_to_)) return history;
  Recents came;
  bool fits = true;
  ANNALS_RETURN_IF_ERROR(ReadList(lists, list, up_to_, position, world_, [&](Reading reading) {
    // Before its correction it was there for longer.
    if (reading.is_corrected) history->from_ = position;
    came.push_back({std::move(reading.entry), std::string(reading.content)});
    fits = HasFewRecent(recents_->size() + came.size()) &&
           (reading.is_same_in_both_worlds || !is_of_both_worlds_);
    return fits;
  }));
  if (!fits) return nullptr;
  if (came.empty()) return history;
  auto recents = std::make_shared<Recents>(*recents_);
  recents->insert(recents->end(), std::make_move_iterator(came.begin()),
                  std::make_move_iterator(came.end()));
  history->recents_ = std::move(recents);
  return history;
}

bool RegisterHistory::HasFewRecent(size_t count) const {
  return count <= std::max(kFewRecent, sorted_->rows.size() / kSortedPerRecent);
}

std::optional<RegisterHistory::Holding> RegisterHistory::Holder(Instant valid, Instant known,
                                                                Position position) const {
  std::optional<Holding> holding;
  const std::optional<uint32_t> index = sorted_->ladder.Holder(valid, known);
  if (index) {
    const Row& row = sorted_->rows[*index];
    holding = {row.event, row.occurred, row.known,
               absl::string_view(sorted_->contents).substr(row.content_begin, row.content_bytes)};
  }
  for (const Recent& recent : *recents_) {
    const RegisterEntry& entry = recent.entry;
    if (entry.event > position) break;
    if (entry.occurred > valid || ValueAt(entry.presence, known) != 1) continue;
    if (holding && !RanksBelow(*holding, entry)) continue;
    holding = {entry.event, entry.occurred, entry.known, recent.content};
  }
  return holding;
}

size_t RegisterHistory::memory_bytes() const {
  size_t bytes = sizeof(*this) + sizeof(Sorted) + sorted_->ladder.memory_bytes() +
                 sorted_->rows.capacity() * sizeof(Row) + sorted_->contents.capacity();
  for (const Recent& recent : *recents_) {
    bytes += sizeof(recent) + recent.entry.presence.capacity() * sizeof(KnownStep) +
             recent.content.capacity();
  }
  return bytes;
}

}  // namespace annals
