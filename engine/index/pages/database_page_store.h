// DatabasePageStore: a forest's pages in the store's database.
#ifndef ANNALS_ENGINE_INDEX_PAGES_DATABASE_PAGE_STORE_H_
#define ANNALS_ENGINE_INDEX_PAGES_DATABASE_PAGE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/pages/page_cache.h"
#include "engine/storage/database.h"

namespace annals::forest {

// Keeps the pages in Family::kPages, under keys that begin with `prefix`; no key
// of anything else may. Questions find them in the cache; merges look there, but
// leave it as it is.
//
// Writes are not synced. RocksDB logs them in the order of the calls, recovers a
// prefix of its log, and flushes all families together: so after a crash the
// pages that were written before a manifest's batch are there if that is.
//
// Thread-safe. The database and the cache must outlive it, and it what it pinned.
class DatabasePageStore : public PageStore {
 public:
  DatabasePageStore(storage::Database* database, PageCache* cache, std::string prefix);
  // Its pages leave the cache.
  ~DatabasePageStore() override;

  // As Database::Write and Database::MultiGet, and
  //   DATA_LOSS  a page is missing; the message names it
  absl::Status Write(std::vector<Page> pages) override;
  absl::StatusOr<PinnedPages> MultiGet(absl::Span<const PageId> ids, Access access) const override;
  absl::Status DeleteRun(uint32_t run) override;
  absl::Status Reclaim() override;
  absl::Status DeleteRunsExcept(absl::Span<const uint32_t> runs) override;

 private:
  std::string RunPrefix(uint32_t run) const;
  std::string KeyOf(PageId id) const;
  absl::Status FillIn(absl::Span<const PageId> ids, Access access, PinnedPages* pinned) const;

  storage::Database* const database_;
  PageCache* const cache_;
  const uint32_t space_;
  const std::string prefix_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_PAGES_DATABASE_PAGE_STORE_H_
