#include "engine/index/measure/group_directory.h"

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
    if (number != expected++ || size_log2 >= 64) {
      return absl::DataLossError(absl::StrCat("the groups of a measure are damaged at number ",
                                              number, "; run annals rebuild"));
    }
    groups_.emplace(value, Group{number, uint64_t{1} << size_log2});
  }
  return rows.status();
}

std::optional<uint32_t> GroupDirectory::Count(absl::string_view list) {
  MutexLock lock(&mutex_);
  auto found = groups_.find(list);
  if (found == groups_.end()) {
    if (groups_.size() >= most_groups_) {
      is_complete_ = false;
      return std::nullopt;
    }
    found = groups_.emplace(list, Group{static_cast<uint32_t>(groups_.size()), 0}).first;
  }
  Group& group = found->second;
  // A row is written anew only when it is wrong by a factor of two.
  if (absl::has_single_bit(++group.contributions)) new_.emplace_back(*found);
  return group.number;
}

void GroupDirectory::Stage(storage::Batch* batch) {
  for (const auto& [list, group] : new_) {
    std::string value;
    AppendBigEndian32(&value, static_cast<uint32_t>(absl::bit_width(group.contributions) - 1));
    absl::StrAppend(&value, list);
    batch->Put(kFamily, RowKey(prefix_, group.number), value);
  }
  new_.clear();
  const bool complete = is_complete();
  if (complete != stored_complete_) batch->Put(kFamily, RowKey(prefix_, kIncomplete), "");
  stored_complete_ = complete;
}

std::optional<Group> GroupDirectory::Find(absl::string_view list) const {
  MutexLock lock(&mutex_);
  const auto found = groups_.find(list);
  if (found == groups_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::pair<std::string, Group>> GroupDirectory::In(const ListRange& range) const {
  std::vector<std::pair<std::string, Group>> groups;
  MutexLock lock(&mutex_);
  for (auto at = groups_.lower_bound(range.begin); at != groups_.end(); ++at) {
    if (!range.Has(at->first)) break;
    groups.emplace_back(*at);
  }
  return groups;
}

bool GroupDirectory::is_complete() const {
  MutexLock lock(&mutex_);
  return is_complete_;
}

size_t GroupDirectory::size() const {
  MutexLock lock(&mutex_);
  return groups_.size();
}

}  // namespace annals
