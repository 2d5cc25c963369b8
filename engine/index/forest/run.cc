#include "engine/index/forest/run.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::forest {

absl::StatusOr<std::shared_ptr<const Run>> Run::Open(uint32_t id, size_t measures,
                                                     uint32_t fence_pages, const PageStore& store) {
  std::vector<PageId> ids;
  for (uint32_t i = 0; i < fence_pages; ++i) ids.push_back({id, PageKind::kFences, i});
  ANNALS_ASSIGN_OR_RETURN(const PinnedPages pinned, store.MultiGet(ids, Access::kMerge));
  std::string bytes;
  for (const absl::string_view page : pinned.pages) bytes.append(page.data(), page.size());
  absl::StatusOr<RunFences> fences = RunFences::Decode(bytes);
  if (!fences.ok()) {
    return Annotate(fences.status(), absl::StrCat("dominance forest, run ", id));
  }
  return std::make_shared<const Run>(id, measures, *std::move(fences), fence_pages);
}

size_t Run::memory_bytes() const {
  size_t bytes = sizeof(*this) + fences_.memory_bytes();
  if (!own_) return bytes;
  for (const std::vector<std::string>& kind : *own_) {
    for (const std::string& page : kind) bytes += sizeof(std::string) + page.capacity();
  }
  return bytes;
}

}  // namespace annals::forest
