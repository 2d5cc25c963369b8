#include "engine/service/event_selection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "engine/log/payload_types.h"

namespace annals {

EventSelection::EventSelection(std::unique_ptr<EventReader> reader, std::vector<std::string> types,
                               uint64_t limit)
    : reader_(std::move(reader)), types_(std::move(types)), limit_(limit) {}

bool EventSelection::IsSelected() const {
  if (types_.empty()) return true;
  const absl::string_view type = TypeName(reader_->event().payload().type_url());
  return std::find(types_.begin(), types_.end(), type) != types_.end();
}

bool EventSelection::Next() {
  if (limit_ != 0 && given_ == limit_) return false;
  while (reader_->Next()) {
    if (!IsSelected()) continue;
    ++given_;
    return true;
  }
  return false;
}

}  // namespace annals
