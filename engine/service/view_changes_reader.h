// ViewChangesReader: a view's changes, waited for on the reader's thread.
#ifndef ANNALS_ENGINE_SERVICE_VIEW_CHANGES_READER_H_
#define ANNALS_ENGINE_SERVICE_VIEW_CHANGES_READER_H_

#include <deque>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/feed/head_watch.h"
#include "engine/feed/view_changes.h"
#include "engine/service/feed_reader.h"
#include "engine/service/head_wait.h"

namespace annals {

// Next() adds to a ViewFeedReader's errors those of ViewChanges::Next. The watch, the
// clock and what `changes` was opened with must outlive it.
class ViewChangesReader final : public ViewFeedReader {
 public:
  ViewChangesReader(std::unique_ptr<ViewChanges> changes, HeadWatch* heads, const Clock* clock);

  absl::StatusOr<v1::ViewFeedItem> Next() override;
  void Cancel() override { wait_.Cancel(); }

 private:
  const std::unique_ptr<ViewChanges> changes_;
  HeadWait wait_;
  std::deque<v1::ViewFeedItem> ready_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_VIEW_CHANGES_READER_H_
