// EventSelection: the first events of a reader that are of some types.
#ifndef ANNALS_ENGINE_SERVICE_EVENT_SELECTION_H_
#define ANNALS_ENGINE_SERVICE_EVENT_SELECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/log/event_reader.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Passes over events of other types, and ends after `limit` events. As thread-safe
// as its reader, and as long-lived as the log.
class EventSelection final : public EventReader {
 public:
  // `types`: full names; empty: all. `limit` 0: no limit.
  EventSelection(std::unique_ptr<EventReader> reader, std::vector<std::string> types,
                 uint64_t limit);

  bool Next() override;
  const v1::Event& event() const override { return reader_->event(); }
  void Take(v1::Event* event) override { reader_->Take(event); }
  absl::Status status() const override { return reader_->status(); }

 private:
  bool IsSelected() const;

  const std::unique_ptr<EventReader> reader_;
  const std::vector<std::string> types_;
  const uint64_t limit_;
  uint64_t given_ = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_EVENT_SELECTION_H_
