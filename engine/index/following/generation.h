// Generation: one build of one version of one projection's rows.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/index/index_keys.h"
#include "engine/storage/database.h"

namespace annals {

enum class GenerationState : uint8_t {
  kBuilding = 1,  // Not read yet: it hasn't reached the head.
  kLive = 2,      // What readers see.
  kRetired = 3,   // Not read any more: to be deleted.
};

// What is stored of a generation: a value. `position` is written together with
// the rows up to it, so that after a crash they tell the same.
struct Generation {
  uint32_t number = 0;  // Within the timeline, from 1.
  std::string projection;
  uint32_t version = 0;
  GenerationState state = GenerationState::kBuilding;
  Position position;  // Every event up to here is in.

  friend bool operator==(const Generation&, const Generation&) = default;
};

// The value of a generation's record; its number is in the key. DATA_LOSS if
// the bytes are none.
std::string EncodeGeneration(const Generation& generation);
absl::StatusOr<Generation> DecodeGeneration(uint32_t number, absl::string_view bytes);

// All of one timeline, by number. DATA_LOSS if a record is damaged.
absl::StatusOr<std::vector<Generation>> ReadGenerations(const storage::Database& database,
                                                        const IndexKeys& keys);

void PutGeneration(const IndexKeys& keys, const Generation& generation, storage::Batch* batch);

// The record and all rows.
void DeleteGeneration(const IndexKeys& keys, uint32_t number, storage::Batch* batch);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_GENERATION_H_
