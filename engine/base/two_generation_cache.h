// TwoGenerationCache: a bounded map that forgets what hasn't been asked for.
#ifndef ANNALS_ENGINE_BASE_TWO_GENERATION_CACHE_H_
#define ANNALS_ENGINE_BASE_TWO_GENERATION_CACHE_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annals {

// Holds at most twice `generation_entries`, and at least the last
// `generation_entries` keys that were used. When the young generation is full,
// it becomes the old one, and the former old one goes. Not thread-safe.
template <typename Value>
class TwoGenerationCache {
 public:
  explicit TwoGenerationCache(size_t generation_entries)
      : generation_entries_(generation_entries) {}

  // Null if it isn't cached. Valid until the next call of either method.
  Value* Find(absl::string_view key) {
    const auto young = young_.find(key);
    if (young != young_.end()) return &young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return nullptr;
    return Put(std::string(key), Value(old->second));
  }

  Value* Put(std::string key, Value value) {
    if (young_.size() >= generation_entries_) {
      has_forgotten_ = has_forgotten_ || !old_.empty();
      old_ = std::move(young_);
      young_.clear();
    }
    return &young_.insert_or_assign(std::move(key), std::move(value)).first->second;
  }

  // Whether a key that was put may be absent.
  bool has_forgotten() const { return has_forgotten_; }

 private:
  const size_t generation_entries_;
  absl::flat_hash_map<std::string, Value> young_;
  absl::flat_hash_map<std::string, Value> old_;
  bool has_forgotten_ = false;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_TWO_GENERATION_CACHE_H_
