#include "cli/progress.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/render/text.h"

namespace annals {
namespace {

constexpr int64_t kSilentMicros = 1'000'000;
constexpr int64_t kRedrawMicros = 100'000;
constexpr uint64_t kThingsPerLine = 10'000;

}  // namespace

Progress::Progress(std::ostream* err, bool terminal, const Clock* clock, std::string verb,
                   std::string things)
    : err_(err),
      terminal_(terminal),
      clock_(clock),
      verb_(std::move(verb)),
      things_(std::move(things)),
      started_(clock->Now()),
      shown_(started_) {}

Progress::~Progress() {
  if (moving_) *err_ << "\r\x1b[K" << std::flush;
}

void Progress::Update(uint64_t done, std::optional<uint64_t> total) {
  const Instant now = clock_->Now();
  const int64_t elapsed = now.micros - started_.micros;
  if (terminal_) {
    if (elapsed < kSilentMicros || (moving_ && now.micros - shown_.micros < kRedrawMicros)) return;
    *err_ << "\r\x1b[K" << Line(done, total, elapsed) << std::flush;
    shown_ = now;
    moving_ = true;
    return;
  }
  const uint64_t reached = done / kThingsPerLine;
  if (reached <= told_) return;
  told_ = reached;
  if (elapsed >= kSilentMicros) *err_ << Line(done, total, elapsed) << std::endl;
}

std::string Progress::Line(uint64_t done, std::optional<uint64_t> total,
                           int64_t elapsed_micros) const {
  const double rate = static_cast<double>(done) * 1e6 / static_cast<double>(elapsed_micros);
  const std::string of =
      total.has_value() ? absl::StrCat(" of ", GroupedNumber(static_cast<int64_t>(*total))) : "";
  return absl::StrCat(verb_, " ", GroupedNumber(static_cast<int64_t>(done)), of, " ", things_, ", ",
                      GroupedNumber(static_cast<int64_t>(rate)), " a second");
}

}  // namespace annals
