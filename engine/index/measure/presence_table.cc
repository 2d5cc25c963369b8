#include "engine/index/measure/presence_table.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {

absl::StatusOr<MemberPresences> PresenceTable::Find(absl::string_view list) const {
  for (const Table* table : {&new_, &staged_}) {
    const auto found = table->find(list);
    if (found != table->end()) return found->second;
  }
  ANNALS_ASSIGN_OR_RETURN(
      const auto row, database_->Get(storage::Family::kContributions, absl::StrCat(prefix_, list)));
  if (!row) return MemberPresences();
  return DecodePresences(*row);
}

void PresenceTable::Put(absl::string_view list, MemberPresences presences) {
  new_.insert_or_assign(list, std::move(presences));
}

void PresenceTable::Stage(storage::Batch* batch) {
  for (const auto& [list, presences] : new_) {
    batch->Put(storage::Family::kContributions, absl::StrCat(prefix_, list),
               EncodePresences(presences));
  }
  staged_ = std::exchange(new_, {});
}

}  // namespace annals
