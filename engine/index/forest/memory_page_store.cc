#include "engine/index/forest/memory_page_store.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace annals::forest {

absl::Status MemoryPageStore::Write(std::vector<Page> pages) {
  MutexLock lock(&mutex_);
  for (size_t begin = 0; begin < pages.size();) {
    size_t end = begin;
    size_t bytes = 0;
    for (; end < pages.size() && pages[end].id.run == pages[begin].id.run; ++end) {
      bytes += pages[end].bytes.size();
    }
    Run& run = runs_[pages[begin].id.run];
    auto buffer = std::make_unique<char[]>(bytes);
    char* next = buffer.get();
    for (; begin < end; ++begin) {
      const Page& page = pages[begin];
      std::vector<absl::string_view>& kind = run.pages[static_cast<size_t>(page.id.kind)];
      if (kind.size() <= page.id.index) kind.resize(page.id.index + 1);
      std::copy(page.bytes.begin(), page.bytes.end(), next);
      kind[page.id.index] = absl::string_view(next, page.bytes.size());
      next += page.bytes.size();
    }
    run.buffers.push_back(std::move(buffer));
  }
  return absl::OkStatus();
}

absl::StatusOr<PinnedPages> MemoryPageStore::MultiGet(absl::Span<const PageId> ids, Access) const {
  PinnedPages pinned;
  pinned.pages.reserve(ids.size());
  MutexLock lock(&mutex_);
  for (const PageId& id : ids) {
    const auto run = runs_.find(id.run);
    absl::string_view page;
    if (run != runs_.end()) {
      const auto& kind = run->second.pages[static_cast<size_t>(id.kind)];
      if (id.index < kind.size()) page = kind[id.index];
    }
    if (page.empty()) {
      return absl::DataLossError(absl::StrCat("page ", id.index, " of kind ",
                                              static_cast<int>(id.kind), " of run ", id.run,
                                              " is missing; rebuild the index"));
    }
    pinned.pages.push_back(page);
  }
  return pinned;
}

absl::Status MemoryPageStore::DeleteRun(uint32_t run) {
  MutexLock lock(&mutex_);
  runs_.erase(run);
  return absl::OkStatus();
}

absl::Status MemoryPageStore::DeleteRunsExcept(absl::Span<const uint32_t> runs) {
  MutexLock lock(&mutex_);
  absl::erase_if(runs_, [&](const auto& run) {
    return std::find(runs.begin(), runs.end(), run.first) == runs.end();
  });
  return absl::OkStatus();
}

MemoryPageStore::Usage MemoryPageStore::usage() const {
  MutexLock lock(&mutex_);
  Usage usage;
  usage.runs = runs_.size();
  for (const auto& [id, run] : runs_) {
    for (size_t kind = 0; kind < run.pages.size(); ++kind) {
      for (const absl::string_view page : run.pages[kind]) usage.bytes[kind] += page.size();
    }
  }
  return usage;
}

}  // namespace annals::forest
