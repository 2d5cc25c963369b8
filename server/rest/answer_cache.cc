#include "server/rest/answer_cache.h"

#include <iterator>

namespace annals::rest {
namespace {

// Of an entry, its headers and its place in the list and the map, about.
constexpr size_t kEntryBytes = 600;

}  // namespace

size_t AnswerCache::BytesOf(const Entry& entry) {
  return kEntryBytes + entry.first.size() + entry.second.response.body_bytes();
}

std::optional<AnswerCache::Kept> AnswerCache::Find(absl::string_view key) {
  MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void AnswerCache::Put(std::string key, Kept kept) {
  Entry entry(std::move(key), std::move(kept));
  const size_t bytes = BytesOf(entry);
  if (bytes > max_bytes_ / 8) return;
  MutexLock lock(&mutex_);
  const auto former = by_key_.find(entry.first);
  if (former != by_key_.end()) Drop(former->second);
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().first, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_) Drop(std::prev(entries_.end()));
}

void AnswerCache::Drop(std::list<Entry>::iterator entry) {
  bytes_ -= BytesOf(*entry);
  by_key_.erase(entry->first);
  entries_.erase(entry);
}

}  // namespace annals::rest
