#include "server/rest/answer_cache.h"

namespace annals::rest {
namespace {

// Of an entry, its headers and its place in the list and the map, about.
constexpr size_t kEntryBytes = 600;

}  // namespace

size_t AnswerCache::BytesOf(const Entry& entry) {
  return kEntryBytes + entry.first.size() + entry.second.body_bytes();
}

std::optional<http::Response> AnswerCache::Find(absl::string_view key) {
  MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void AnswerCache::Put(std::string key, const http::Response& response) {
  Entry entry(std::move(key), response);
  const size_t bytes = BytesOf(entry);
  if (bytes > max_bytes_ / 8) return;
  MutexLock lock(&mutex_);
  if (by_key_.contains(entry.first)) return;
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().first, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_) {
    bytes_ -= BytesOf(entries_.back());
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

}  // namespace annals::rest
