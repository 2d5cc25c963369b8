#include "engine/index/pages/database_page_store.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/storage/family.h"

namespace annals::forest {
namespace {

using storage::Batch;
using storage::Durability;
using storage::Family;

constexpr size_t kBatchBytes = size_t{1} << 20;

// Pages that the cache didn't take, and the pin on those that it did.
struct Uncached {
  std::shared_ptr<const void> cached;
  std::vector<std::optional<std::string>> pages;
};

}  // namespace

DatabasePageStore::DatabasePageStore(storage::Database* database, PageCache* cache,
                                     std::string prefix)
    : database_(database), cache_(cache), space_(cache->NewSpace()), prefix_(std::move(prefix)) {}

DatabasePageStore::~DatabasePageStore() {
  cache_->EraseRuns(space_, [](uint32_t) { return true; });
}

std::string DatabasePageStore::RunPrefix(uint32_t run) const {
  std::string key = prefix_;
  AppendBigEndian32(&key, run);
  return key;
}

std::string DatabasePageStore::KeyOf(PageId id) const {
  std::string key = RunPrefix(id.run);
  key.push_back(static_cast<char>(id.kind));
  AppendBigEndian32(&key, id.index);
  return key;
}

absl::Status DatabasePageStore::Write(std::vector<Page> pages) {
  Batch batch;
  for (const Page& page : pages) {
    batch.Put(Family::kPages, KeyOf(page.id), page.bytes);
    if (batch.bytes() < kBatchBytes) continue;
    ANNALS_RETURN_IF_ERROR(database_->Write(std::exchange(batch, Batch()), Durability::kBuffered));
  }
  if (batch.empty()) return absl::OkStatus();
  return database_->Write(std::move(batch), Durability::kBuffered);
}

absl::StatusOr<PinnedPages> DatabasePageStore::MultiGet(absl::Span<const PageId> ids,
                                                        Access access) const {
  PinnedPages pinned = cache_->Find(space_, ids, access);
  const bool all_there = std::none_of(pinned.pages.begin(), pinned.pages.end(),
                                      [](absl::string_view page) { return page.empty(); });
  if (!all_there) ANNALS_RETURN_IF_ERROR(FillIn(ids, access, &pinned));
  return pinned;
}

absl::Status DatabasePageStore::FillIn(absl::Span<const PageId> ids, Access access,
                                       PinnedPages* pinned) const {
  std::vector<size_t> missing;
  std::vector<std::string> keys;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!pinned->pages[i].empty()) continue;
    missing.push_back(i);
    keys.push_back(KeyOf(ids[i]));
  }
  auto uncached = std::make_shared<Uncached>();
  ANNALS_ASSIGN_OR_RETURN(uncached->pages, database_->MultiGet(Family::kPages, keys));
  for (size_t j = 0; j < missing.size(); ++j) {
    const PageId id = ids[missing[j]];
    std::optional<std::string>& page = uncached->pages[j];
    if (!page || page->empty()) {
      return absl::DataLossError(absl::StrCat(
          "page ", id.index, " of kind ", static_cast<int>(id.kind), " of run ", id.run,
          " is missing (key ", absl::BytesToHexString(keys[j]), "); rebuild the index"));
    }
    absl::string_view& shown = pinned->pages[missing[j]];
    if (access == Access::kQuery) shown = cache_->Insert(space_, id, *page);
    if (shown.empty()) {
      shown = *page;
    } else {
      page.reset();
    }
  }
  uncached->cached = std::move(pinned->pin);
  pinned->pin = std::move(uncached);
  return absl::OkStatus();
}

absl::Status DatabasePageStore::DeleteRun(uint32_t run) {
  cache_->EraseRuns(space_, [run](uint32_t cached) { return cached == run; });
  Batch batch;
  const std::string begin = RunPrefix(run);
  batch.DeleteRange(Family::kPages, begin, PrefixEnd(begin));
  return database_->Write(std::move(batch), Durability::kBuffered);
}

absl::Status DatabasePageStore::Reclaim() {
  return database_->Reclaim(Family::kPages, prefix_, PrefixEnd(prefix_));
}

absl::Status DatabasePageStore::DeleteRunsExcept(absl::Span<const uint32_t> runs) {
  std::vector<uint32_t> kept(runs.begin(), runs.end());
  std::sort(kept.begin(), kept.end());
  cache_->EraseRuns(space_, [&](uint32_t cached) {
    return !std::binary_search(kept.begin(), kept.end(), cached);
  });
  Batch batch;
  storage::Cursor stored = database_->Scan(Family::kPages, prefix_, PrefixEnd(prefix_));
  for (stored.SeekToFirst(); stored.Valid();) {
    absl::string_view key = stored.key().substr(prefix_.size());
    ANNALS_ASSIGN_OR_RETURN(const uint32_t run, ReadBigEndian32(&key));
    const std::string begin = RunPrefix(run);
    const std::string end = PrefixEnd(begin);
    if (!std::binary_search(kept.begin(), kept.end(), run)) {
      batch.DeleteRange(Family::kPages, begin, end);
    }
    stored.Seek(end);
  }
  ANNALS_RETURN_IF_ERROR(stored.status());
  if (batch.empty()) return absl::OkStatus();
  return database_->Write(std::move(batch), Durability::kBuffered);
}

}  // namespace annals::forest
