// GroupDirectory: the numbers that a measure's groups have in its forests.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_GROUP_DIRECTORY_H_
#define ANNALS_ENGINE_INDEX_MEASURE_GROUP_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/name_table.h"
#include "engine/index/lists/list_range.h"
#include "engine/storage/database.h"

namespace annals {

struct Group {
  uint32_t number = 0;         // Dense from 0.
  uint64_t contributions = 0;  // At least so many, and less than twice as many.
};

// Numbers groups in the order in which they come, as long as there is room: the
// memory is bounded, and those that come once it was full have no number, whatever
// room there is later. Such a measure is not `complete`.
//
// Counting costs a look-up; In sorts what has come since it was last called. One
// thread counts and stages; the others are for any. The Database must outlive
// the loading only.
class GroupDirectory {
 public:
  // Rows are in Family::kContributions, under `prefix`.
  GroupDirectory(std::string prefix, size_t most_groups)
      : prefix_(std::move(prefix)), most_groups_(most_groups) {}

  // DATA_LOSS if a row is damaged.
  absl::Status Load(const storage::Database& database);

  // One more contribution of the group with this list name. Its number, unless
  // there is no room for it.
  std::optional<uint32_t> Count(absl::string_view list);
  // The same for who knows the number, without the look-up.
  void CountAgain(uint32_t number);
  // Brings what that takes into the processor's caches. For the thread that counts.
  void Prefetch(uint32_t number) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    __builtin_prefetch(&contributions_[number]);
  }

  // Adds what is new since the last time to a batch.
  void Stage(storage::Batch* batch);

  std::optional<Group> Find(absl::string_view list) const;

  // Ordered by list.
  std::vector<std::pair<std::string, Group>> In(const ListRange& range) const;

  // Every group has a number.
  bool is_complete() const;

 private:
  void CountAt(uint32_t number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsBefore(uint32_t number, absl::string_view list) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SortNumbers() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string prefix_;
  const size_t most_groups_;
  mutable Mutex mutex_;
  NameTable lists_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint64_t> contributions_ ABSL_GUARDED_BY(mutex_);  // By number.
  // All but the newest, ordered by list: made so by whoever asks for a range.
  mutable std::vector<uint32_t> sorted_ ABSL_GUARDED_BY(mutex_);
  bool is_complete_ ABSL_GUARDED_BY(mutex_) = true;
  bool stored_complete_ = true;  // Of the thread that counts, as are
  std::vector<uint32_t> new_;    // those whose row is out of date.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_GROUP_DIRECTORY_H_
