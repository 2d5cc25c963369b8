#include "engine/index/measure/presence_table.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/sort_by_name.h"
#include "engine/base/status.h"

namespace annals {

PresenceTable::PresenceTable(const storage::Database* database, std::string prefix, bool is_new,
                             size_t cached_members)
    : database_(database),
      prefix_(std::move(prefix)),
      cached_members_(cached_members),
      may_be_stored_(!is_new) {}

absl::StatusOr<uint32_t> PresenceTable::Find(absl::string_view list) {
  if (const std::optional<uint32_t> known = young_.lists.Find(list)) return *known;
  MemberPresences& presences = young_.presences.emplace_back();
  young_.is_new.push_back(false);
  const uint32_t member = young_.lists.Add(list).number;
  ANNALS_RETURN_IF_ERROR(Recall(list, &presences));
  return member;
}

// From the old generation, or from its row; otherwise, it is never there.
absl::Status PresenceTable::Recall(absl::string_view list, MemberPresences* presences) {
  if (const std::optional<uint32_t> known = old_.lists.Find(list)) {
    *presences = std::move(old_.presences[*known]);
    return absl::OkStatus();
  }
  if (!may_be_stored_) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(
      const auto row, database_->Get(storage::Family::kContributions, absl::StrCat(prefix_, list)));
  if (!row) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(*presences, DecodePresences(*row));
  return absl::OkStatus();
}

void PresenceTable::Put(uint32_t member, MemberPresences presences) {
  young_.presences[member] = std::move(presences);
  if (young_.is_new[member]) return;
  young_.is_new[member] = true;
  new_.push_back(member);
}

void PresenceTable::Stage(storage::Batch* batch) {
  // In order: RocksDB takes them in faster.
  std::vector<std::pair<absl::string_view, uint32_t>> sorted;
  sorted.reserve(new_.size());
  for (const uint32_t member : new_) sorted.emplace_back(young_.lists.name(member), member);
  SortByName(&sorted);
  std::string key;
  for (const auto& [list, member] : sorted) {
    key.assign(prefix_);
    absl::StrAppend(&key, list);
    batch->Put(storage::Family::kContributions, key, EncodePresences(At(member)));
    young_.is_new[member] = false;
  }
  new_.clear();
  if (young_.lists.size() < cached_members_) return;
  may_be_stored_ = may_be_stored_ || old_.lists.size() > 0;
  old_ = std::exchange(young_, Generation());
}

}  // namespace annals
