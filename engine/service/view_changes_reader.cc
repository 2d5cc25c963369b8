#include "engine/service/view_changes_reader.h"

#include <utility>

#include "engine/base/instant.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// Few, so that a reader who takes one at a time waits for no more than that.
constexpr ViewChanges::Limits kLimits = {.max_events = 20, .max_rows = 200};

}  // namespace

ViewChangesReader::ViewChangesReader(std::unique_ptr<ViewChanges> changes, HeadWatch* heads,
                                     const Clock* clock)
    : changes_(std::move(changes)), wait_(heads, clock) {}

absl::StatusOr<v1::ViewFeedItem> ViewChangesReader::Next() {
  ANNALS_RETURN_IF_ERROR(wait_.CheckNotCancelled());
  while (ready_.empty()) {
    ANNALS_ASSIGN_OR_RETURN(ViewChangeBatch batch, changes_->Next(kLimits));
    if (batch.items.empty() && batch.at_head) {
      ANNALS_RETURN_IF_ERROR(
          wait_.Beyond(changes_->timeline(), changes_->position(), Instant::End()));
    }
    for (v1::ViewFeedItem& item : batch.items) ready_.push_back(std::move(item));
    ANNALS_RETURN_IF_ERROR(wait_.CheckNotCancelled());
  }
  v1::ViewFeedItem next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

}  // namespace annals
