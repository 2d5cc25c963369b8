// Dates and steps as people write them.
#include "engine/time/edtf.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/time/home_zone.h"
#include "engine/time/step.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;

// Clocks that skipped a day, and ones that go back twice a year.
const std::vector<HomeZone>& Zones() {
  static const auto* const zones = [] {
    auto* loaded = new std::vector<HomeZone>{HomeZone()};
    for (const char* name : {"Pacific/Apia", "Europe/Amsterdam"}) {
      const absl::StatusOr<HomeZone> zone = HomeZone::Load(name);
      if (zone.ok()) loaded->push_back(*zone);
    }
    return loaded;
  }();
  return *zones;
}

void CheckRefusal(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument ||
              status.code() == absl::StatusCode::kOutOfRange,
          "a date is refused as invalid or out of range: " + status.ToString());
}

void ReadDate(absl::string_view text) {
  const absl::StatusOr<Edtf> date = Edtf::Parse(text);
  if (!date.ok()) return CheckRefusal(date.status());
  Require(date->text() == text, "the text is kept");
  for (const HomeZone& zone : Zones()) {
    const absl::StatusOr<TimeBounds> bounds = date->Resolve(zone, {});
    if (!bounds.ok()) {
      CheckRefusal(bounds.status());
      continue;
    }
    Require(bounds->earliest <= bounds->latest, "bounds don't cross");
  }
}

void ReadQuestion(absl::string_view text) {
  for (const HomeZone& zone : Zones()) {
    const absl::StatusOr<Instant> asked = ParseAsOfDate(text, zone);
    if (!asked.ok()) {
      CheckRefusal(asked.status());
      continue;
    }
    const std::string written = FormatInstant(*asked, zone);
    const absl::StatusOr<Instant> again = ParseInstant(written);
    Require(again.ok() && *again == *asked, "an instant comes back: " + written);
  }
}

void ReadStep(absl::string_view text) {
  const absl::StatusOr<Step> step = Step::Parse(text);
  if (!step.ok()) return CheckRefusal(step.status());
  constexpr Instant kFrom{1'700'000'000'000'000};
  for (const HomeZone& zone : Zones()) {
    const absl::StatusOr<std::vector<Instant>> steps =
        step->Between(kFrom, {kFrom.micros + int64_t{400} * 86'400 * 1'000'000}, zone, 1000);
    if (!steps.ok()) {
      CheckRefusal(steps.status());
      continue;
    }
    Require(!steps->empty() && steps->front() == kFrom, "the first step is where it begins");
    for (size_t i = 1; i < steps->size(); ++i) {
      Require((*steps)[i - 1] < (*steps)[i], "steps go forward");
    }
  }
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  annals::ReadDate(text);
  annals::ReadQuestion(text);
  annals::ReadStep(text);
  return 0;
}
