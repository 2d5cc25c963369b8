// HttpDate: the Date header, made once a second.
#ifndef ANNALS_SERVER_HTTP_HTTP_DATE_H_
#define ANNALS_SERVER_HTTP_HTTP_DATE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"

namespace annals::http {

// Not thread-safe. The clock must outlive it.
class HttpDate {
 public:
  explicit HttpDate(const Clock* clock) : clock_(clock) {}

  // "Sun, 06 Nov 1994 08:49:37 GMT". Valid until the next call.
  absl::string_view Now();

 private:
  const Clock* const clock_;
  int64_t second_ = INT64_MIN;
  std::string text_;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_HTTP_DATE_H_
