#include "engine/index/measure/presence_table.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/sort_by_name.h"
#include "engine/base/status.h"

namespace annals {

PresenceTable::PresenceTable(const storage::Database* database, std::string prefix, bool is_new,
                             size_t cached_members)
    : database_(database), prefix_(std::move(prefix)), was_new_(is_new), rows_(cached_members) {}

absl::StatusOr<MemberPresences> PresenceTable::Find(absl::string_view list) {
  const auto found = new_.find(list);
  if (found != new_.end()) return found->second;
  const std::string* const cached = rows_.Find(list);
  if (cached != nullptr) return DecodePresences(*cached);
  if (was_new_ && !rows_.has_forgotten()) return MemberPresences();
  ANNALS_ASSIGN_OR_RETURN(
      const auto row, database_->Get(storage::Family::kContributions, absl::StrCat(prefix_, list)));
  if (!row) return MemberPresences();
  return DecodePresences(*row);
}

void PresenceTable::Put(absl::string_view list, MemberPresences presences) {
  new_.insert_or_assign(list, std::move(presences));
}

void PresenceTable::Stage(storage::Batch* batch) {
  const size_t count = new_.size();
  auto staged = std::exchange(new_, {});
  new_.reserve(count);
  // In order: RocksDB takes them in faster.
  std::vector<std::pair<absl::string_view, const MemberPresences*>> sorted;
  sorted.reserve(count);
  for (const auto& [list, presences] : staged) sorted.emplace_back(list, &presences);
  SortByName(&sorted);
  for (const auto& [list, presences] : sorted) {
    std::string row = EncodePresences(*presences);
    batch->Put(storage::Family::kContributions, absl::StrCat(prefix_, list), row);
    rows_.Put(std::string(list), std::move(row));
  }
}

}  // namespace annals
