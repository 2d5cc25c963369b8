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
    if (number != expected++ || size_log2 >= 64 || !lists_.Add(value).is_new) {
      return absl::DataLossError(absl::StrCat("the groups of a measure are damaged at number ",
                                              number, "; run annals rebuild"));
    }
    contributions_.push_back(uint64_t{1} << size_log2);
  }
  return rows.status();
}

std::optional<uint32_t> GroupDirectory::Count(absl::string_view list) {
  MutexLock lock(&mutex_);
  // Once there is a group without a number, no other gets one, though there be room when
  // the store is opened with more: it may have contributions that no forest holds.
  const bool has_room = is_complete_ && lists_.size() < most_groups_;
  const std::optional<uint32_t> number = has_room ? lists_.Add(list).number : lists_.Find(list);
  if (!number) {
    is_complete_ = false;
    return std::nullopt;
  }
  if (*number == contributions_.size()) contributions_.push_back(0);
  CountAt(*number);
  return number;
}

void GroupDirectory::CountAgain(uint32_t number) {
  MutexLock lock(&mutex_);
  CountAt(number);
}

// A row is written anew only when it is wrong by a factor of two.
void GroupDirectory::CountAt(uint32_t number) {
  if (absl::has_single_bit(++contributions_[number])) new_.push_back(number);
}

void GroupDirectory::Stage(storage::Batch* batch) {
  std::sort(new_.begin(), new_.end());
  new_.erase(std::unique(new_.begin(), new_.end()), new_.end());
  MutexLock lock(&mutex_);
  for (const uint32_t number : new_) {
    std::string value;
    AppendBigEndian32(&value, static_cast<uint32_t>(absl::bit_width(contributions_[number]) - 1));
    absl::StrAppend(&value, lists_.name(number));
    batch->Put(kFamily, RowKey(prefix_, number), value);
  }
  new_.clear();
  if (is_complete_ != stored_complete_) batch->Put(kFamily, RowKey(prefix_, kIncomplete), "");
  stored_complete_ = is_complete_;
}

std::optional<Group> GroupDirectory::Find(absl::string_view list) const {
  MutexLock lock(&mutex_);
  const std::optional<uint32_t> number = lists_.Find(list);
  if (!number) return std::nullopt;
  return Group{*number, contributions_[*number]};
}

bool GroupDirectory::IsBefore(uint32_t number, absl::string_view list) const {
  return lists_.name(number) < list;
}

void GroupDirectory::SortNumbers() const {
  const auto by_list = [this](uint32_t a, uint32_t b)
                           ABSL_NO_THREAD_SAFETY_ANALYSIS { return IsBefore(a, lists_.name(b)); };
  const size_t sorted = sorted_.size();
  for (size_t number = sorted; number < lists_.size(); ++number) {
    sorted_.push_back(static_cast<uint32_t>(number));
  }
  const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted);
  std::sort(middle, sorted_.end(), by_list);
  std::inplace_merge(sorted_.begin(), middle, sorted_.end(), by_list);
}

std::vector<std::pair<std::string, Group>> GroupDirectory::In(const ListRange& range) const {
  std::vector<std::pair<std::string, Group>> groups;
  MutexLock lock(&mutex_);
  if (sorted_.size() < lists_.size()) SortNumbers();
  auto at = std::lower_bound(sorted_.begin(), sorted_.end(), range.begin,
                             [this](uint32_t number, const std::string& list)
                                 ABSL_NO_THREAD_SAFETY_ANALYSIS { return IsBefore(number, list); });
  for (; at != sorted_.end() && range.Has(lists_.name(*at)); ++at) {
    groups.emplace_back(lists_.name(*at), Group{*at, contributions_[*at]});
  }
  return groups;
}

bool GroupDirectory::is_complete() const {
  MutexLock lock(&mutex_);
  return is_complete_;
}

}  // namespace annals
