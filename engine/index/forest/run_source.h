// RunSource: the points that a run is made of, in the two orders it needs.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_SOURCE_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/index/forest/page.h"
#include "engine/index/forest/page_batch.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/tail.h"

namespace annals::forest {

// Hands out pieces of at least one entry. Not thread-safe.
class RunSource {
 public:
  virtual ~RunSource() = default;

  virtual uint64_t points() const = 0;

  // The next known times, ascending. False at the end, and after an error.
  virtual bool NextKnown(std::vector<int64_t>* known) = 0;
  // Back to the first known time.
  virtual void RewindKnown() = 0;

  // The next entries by (group, valid); their ranks are places in the order of
  // known times. False at the end, and after an error.
  virtual bool NextEntries(Entries* entries) = 0;

  // What ended it, if not the end.
  virtual const absl::Status& status() const = 0;
};

// Reads a run's pages in order, a few at a time. The run and the store must
// outlive it.
class StoredSource : public RunSource {
 public:
  StoredSource(const Run* run, const PageStore* store) : run_(run), store_(store) {}

  uint64_t points() const override { return run_->points(); }
  bool NextKnown(std::vector<int64_t>* known) override;
  void RewindKnown() override { leaves_.next = 0; }
  bool NextEntries(Entries* entries) override;
  const absl::Status& status() const override { return status_; }

 private:
  // The pages of one kind that were read and not yet handed out.
  struct Pages {
    uint32_t next = 0;
    uint32_t first = 0;
    std::unique_ptr<PageBatch> batch;
  };
  bool NextPage(PageKind kind, uint32_t end, Pages* pages, absl::string_view* bytes);

  const Run* const run_;
  const PageStore* const store_;
  Pages leaves_;
  Pages tops_;
  absl::Status status_;
};

// Sorts a tail's first `size` points.
class TailSource : public RunSource {
 public:
  TailSource(const Tail& tail, size_t size, size_t measures);

  uint64_t points() const override { return known_.size(); }
  bool NextKnown(std::vector<int64_t>* known) override;
  void RewindKnown() override { known_done_ = false; }
  bool NextEntries(Entries* entries) override;
  const absl::Status& status() const override { return status_; }

 private:
  std::vector<int64_t> known_;
  Entries entries_;
  bool known_done_ = false;
  bool entries_done_ = false;
  absl::Status status_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_SOURCE_H_
