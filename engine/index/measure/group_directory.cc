#include "engine/index/measure/group_directory.h"

#include <algorithm>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr auto kFamily = storage::Family::kContributions;

// The row of this number says that not every group has one.
constexpr uint32_t kIncomplete = UINT32_MAX;

std::string RowKey(const std::string& prefix, uint32_t number) {
  std::string key = prefix;
  AppendBigEndian32(&key, number);
  return key;
}

}  // namespace

absl::Status GroupDirectory::Load(const storage::Database& database) {
  storage::Cursor rows = database.Scan(kFamily, prefix_, PrefixEnd(prefix_));
  MutexLock lock(&mutex_);
  uint32_t expected = 0;
  for (rows.SeekToFirst(); rows.Valid(); rows.Next()) {
    absl::string_view key = rows.key();
    key.remove_prefix(prefix_.size());
    ANNALS_ASSIGN_OR_RETURN(const uint32_t number, ReadBigEndian32(&key));
    if (number == kIncomplete) {
      is_complete_ = stored_complete_ = false;
      continue;
    }
    absl::string_view value = rows.value();
    ANNALS_ASSIGN_OR_RETURN(const uint32_t size_log2, ReadBigEndian32(&value));
    if (number != expected++ || size_log2 >= 64 || numbers_.contains(value)) {
      return absl::DataLossError(absl::StrCat("the groups of a measure are damaged at number ",
                                              number, "; run annals rebuild"));
    }
    Add(value, uint64_t{1} << size_log2);
  }
  return rows.status();
}

Group GroupDirectory::GroupAt(uint32_t number) const {
  return {number, entries_[number].contributions};
}

uint32_t GroupDirectory::Add(absl::string_view list, uint64_t contributions) {
  const auto number = static_cast<uint32_t>(entries_.size());
  entries_.push_back({std::string(list), contributions});
  numbers_.emplace(entries_.back().list, number);
  return number;
}

std::optional<uint32_t> GroupDirectory::Count(absl::string_view list) {
  MutexLock lock(&mutex_);
  const auto found = numbers_.find(list);
  // Once there is a group without a number, no other gets one, though there be room when
  // the store is opened with more: it may have contributions that no forest holds.
  if (found == numbers_.end() && (!is_complete_ || entries_.size() >= most_groups_)) {
    is_complete_ = false;
    return std::nullopt;
  }
  const uint32_t number = found == numbers_.end() ? Add(list, 0) : found->second;
  // A row is written anew only when it is wrong by a factor of two.
  if (absl::has_single_bit(++entries_[number].contributions)) new_.push_back(number);
  return number;
}

void GroupDirectory::Stage(storage::Batch* batch) {
  std::sort(new_.begin(), new_.end());
  new_.erase(std::unique(new_.begin(), new_.end()), new_.end());
  MutexLock lock(&mutex_);
  for (const uint32_t number : new_) {
    std::string value;
    AppendBigEndian32(&value,
                      static_cast<uint32_t>(absl::bit_width(entries_[number].contributions) - 1));
    absl::StrAppend(&value, entries_[number].list);
    batch->Put(kFamily, RowKey(prefix_, number), value);
  }
  new_.clear();
  if (is_complete_ != stored_complete_) batch->Put(kFamily, RowKey(prefix_, kIncomplete), "");
  stored_complete_ = is_complete_;
}

std::optional<Group> GroupDirectory::Find(absl::string_view list) const {
  MutexLock lock(&mutex_);
  const auto found = numbers_.find(list);
  if (found == numbers_.end()) return std::nullopt;
  return GroupAt(found->second);
}

void GroupDirectory::SortNumbers() const {
  const auto by_list = [this](uint32_t a, uint32_t b) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return entries_[a].list < entries_[b].list;
  };
  const size_t sorted = sorted_.size();
  for (size_t number = sorted; number < entries_.size(); ++number) {
    sorted_.push_back(static_cast<uint32_t>(number));
  }
  const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted);
  std::sort(middle, sorted_.end(), by_list);
  std::inplace_merge(sorted_.begin(), middle, sorted_.end(), by_list);
}

std::vector<std::pair<std::string, Group>> GroupDirectory::In(const ListRange& range) const {
  std::vector<std::pair<std::string, Group>> groups;
  MutexLock lock(&mutex_);
  if (sorted_.size() < entries_.size()) SortNumbers();
  auto at =
      std::lower_bound(sorted_.begin(), sorted_.end(), range.begin,
                       [this](uint32_t number, const std::string& list)
                           ABSL_NO_THREAD_SAFETY_ANALYSIS { return entries_[number].list < list; });
  for (; at != sorted_.end() && range.Has(entries_[*at].list); ++at) {
    groups.emplace_back(entries_[*at].list, GroupAt(*at));
  }
  return groups;
}

bool GroupDirectory::is_complete() const {
  MutexLock lock(&mutex_);
  return is_complete_;
}

}  // namespace annals
