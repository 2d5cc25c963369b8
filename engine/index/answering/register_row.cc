#include "engine/index/answering/register_row.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace annals {

absl::StatusOr<RegisterRow> ToRegisterRow(Key key, absl::string_view content, Position event,
                                          Instant occurred, Instant known) {
  RegisterRow row = {.key = std::move(key)};
  if (!row.value.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    return absl::DataLossError(
        absl::StrCat("the value that event ", event.value, " states is damaged"));
  }
  row.position = event;
  row.occurred = occurred;
  row.known = known;
  return row;
}

}  // namespace annals
