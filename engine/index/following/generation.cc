#include "engine/index/following/generation.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals {

// state u32, version u32, position u64, the projection's name as a key element.
std::string EncodeGeneration(const Generation& generation) {
  std::string bytes;
  AppendBigEndian32(&bytes, static_cast<uint32_t>(generation.state));
  AppendBigEndian32(&bytes, generation.version);
  AppendBigEndian64(&bytes, generation.position.value);
  AppendKeyElement(&bytes, generation.projection);
  return bytes;
}

absl::StatusOr<Generation> DecodeGeneration(uint32_t number, absl::string_view bytes) {
  Generation generation;
  generation.number = number;
  ANNALS_ASSIGN_OR_RETURN(const uint32_t state, ReadBigEndian32(&bytes));
  if (state < static_cast<uint32_t>(GenerationState::kBuilding) ||
      state > static_cast<uint32_t>(GenerationState::kRetired)) {
    return absl::DataLossError(
        absl::StrCat("generation ", number, " has the unknown state ", state));
  }
  generation.state = static_cast<GenerationState>(state);
  ANNALS_ASSIGN_OR_RETURN(generation.version, ReadBigEndian32(&bytes));
  ANNALS_ASSIGN_OR_RETURN(generation.position.value, ReadBigEndian64(&bytes));
  ANNALS_ASSIGN_OR_RETURN(generation.projection, ReadKeyElement(&bytes));
  if (!bytes.empty()) {
    return absl::DataLossError(absl::StrCat("the record of generation ", number, " is too long"));
  }
  return generation;
}

absl::StatusOr<std::vector<Generation>> ReadGenerations(const storage::Database& database,
                                                        const IndexKeys& keys) {
  const KeyRange range = keys.GenerationRecords();
  storage::Cursor cursor = database.Scan(storage::Family::kContributions, range.begin, range.end);
  std::vector<Generation> generations;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const uint32_t number, IndexKeys::GenerationOfRecord(cursor.key()));
    ANNALS_ASSIGN_OR_RETURN(Generation generation, DecodeGeneration(number, cursor.value()));
    generations.push_back(std::move(generation));
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return generations;
}

void PutGeneration(const IndexKeys& keys, const Generation& generation, storage::Batch* batch) {
  batch->Put(storage::Family::kContributions, keys.GenerationRecord(generation.number),
             EncodeGeneration(generation));
}

void DeleteGeneration(const IndexKeys& keys, uint32_t number, storage::Batch* batch) {
  const KeyRange rows = keys.Rows(number);
  batch->DeleteRange(storage::Family::kContributions, rows.begin, rows.end);
  const KeyRange pages = keys.Pages(number);
  batch->DeleteRange(storage::Family::kPages, pages.begin, pages.end);
  batch->Delete(storage::Family::kContributions, keys.GenerationRecord(number));
}

}  // namespace annals
