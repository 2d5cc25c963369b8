// StatedRecord: an event's bytes as its writer stated it, ready to take in what
// the store assigns.
#ifndef ANNALS_ENGINE_LOG_APPENDING_STATED_RECORD_H_
#define ANNALS_ENGINE_LOG_APPENDING_STATED_RECORD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/storage/hash.h"
#include "engine/time/causality.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// What the store adds to an event that corrects nothing.
struct AssignedFields {
  uint64_t revision = 0;
  Position position;
  Instant recorded_at;
  EventTimes times;
};

// Serializing an event is most of what deciding it costs, and appends are decided
// one after the other. So it is done before, on the caller's thread, and the few
// fields of the store are then written into the gaps. Immutable, but for
// assignment.
class StatedRecord {
 public:
  StatedRecord() = default;

  // `event` has no field that the store assigns, but for payload_salt.
  explicit StatedRecord(const v1::Event& event);

  // The event in deterministic serialization.
  absl::string_view bytes() const { return bytes_; }

  // What EncodeRecord makes of the event with these fields: its value in kLog,
  // whose chain hash is put into `*chain`, which holds that of the event before.
  std::string Complete(const AssignedFields& assigned, storage::Hash128* chain) const;

 private:
  std::string bytes_;
  // Where fields go that are stated by nobody: revision and position,
  // recorded_at, the two bounds.
  std::array<size_t, 3> gaps_ = {};
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_STATED_RECORD_H_
