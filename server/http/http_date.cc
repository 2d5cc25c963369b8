#include "server/http/http_date.h"

#include "absl/time/time.h"

namespace annals::http {

absl::string_view HttpDate::Now() {
  const int64_t second = clock_->Now().micros / 1'000'000;
  if (second != second_) {
    second_ = second;
    text_ = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromUnixSeconds(second),
                             absl::UTCTimeZone());
  }
  return text_;
}

}  // namespace annals::http
