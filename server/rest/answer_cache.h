// AnswerCache: answers, kept for whoever asks again.
#ifndef ANNALS_SERVER_REST_ANSWER_CACHE_H_
#define ANNALS_SERVER_REST_ANSWER_CACHE_H_

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "server/http/response.h"

namespace annals::rest {

// An answer whose coordinates are all given never changes; one whose position alone
// is left open holds until something is recorded, which whoever finds it must check.
// The least recently asked for give way. Bodies are shared, not copied. Thread-safe.
class AnswerCache {
 public:
  struct Kept {
    http::Response response;
    // It holds while this is the timeline's head. Absent: for ever.
    std::optional<Position> head;
  };

  // Keys and bodies together; nothing larger than an eighth of it is kept.
  explicit AnswerCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  std::optional<Kept> Find(absl::string_view key);
  // In place of what there was.
  void Put(std::string key, Kept kept);

 private:
  using Entry = std::pair<std::string, Kept>;
  static size_t BytesOf(const Entry& entry);
  void Drop(std::list<Entry>::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_bytes_;
  Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // The latest first.
  // Keys are views of the entries'.
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_key_
      ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_ANSWER_CACHE_H_
