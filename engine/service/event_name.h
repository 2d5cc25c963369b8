// NameEvent: an event as people name it, by its id or, in digits alone, by its position.
//
//   v1::GetEventRequest request;
//   ANNALS_RETURN_IF_ERROR(NameEvent("12", &request));
#ifndef ANNALS_ENGINE_SERVICE_EVENT_NAME_H_
#define ANNALS_ENGINE_SERVICE_EVENT_NAME_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals {

// The request has an event's `position` or `id`. OUT_OF_RANGE for a position that no log
// can have.
template <typename Request>
absl::Status NameEvent(absl::string_view name, Request* request) {
  if (name.empty() || name.find_first_not_of("0123456789") != absl::string_view::npos) {
    request->set_id(std::string(name));
    return absl::OkStatus();
  }
  uint64_t position = 0;
  if (!absl::SimpleAtoi(name, &position)) {
    return absl::OutOfRangeError(absl::StrCat("position ", name, " is beyond any log"));
  }
  request->set_position(position);
  return absl::OkStatus();
}

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_EVENT_NAME_H_
