// Edtf: a date as historians write it, vague or not, in the subset of the
// Extended Date/Time Format (ISO 8601-2:2019, annex A) that docs/semantics.md
// lists.
//
//   ANNALS_ASSIGN_OR_RETURN(const Edtf date, Edtf::Parse("[2026-01-08..2026-01-31]"));
//   ANNALS_ASSIGN_OR_RETURN(const TimeBounds bounds, date.Resolve(caracas, {}));
#ifndef ANNALS_ENGINE_TIME_EDTF_H_
#define ANNALS_ENGINE_TIME_EDTF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/time/edtf_date.h"
#include "engine/time/home_zone.h"

namespace annals {

// By how many units of its own precision (a second, a day, a month, a year, a
// decade …) a qualified date widens at both ends.
struct QualifierWidths {
  uint32_t uncertain = 1;                  // "?"
  uint32_t approximate = 1;                // "~"
  uint32_t uncertain_and_approximate = 2;  // "%"
};

// What a date consists of.
enum class EdtfForm {
  kDate,      // "2026-01"
  kInterval,  // "a/b": lasted from a to b.
  kRange,     // "[a..b]": happened once, between a and b.
  kList,      // "[a,b,c]": happened once, on one of these.
};

// A parsed date. Immutable value; thread-safe.
class Edtf {
 public:
  // INVALID_ARGUMENT if `text` is none of the accepted forms: the message quotes
  // the offending characters and names a form that would do. Bounds that cross
  // ("2026-02/2026-01") are refused too, naming both dates.
  static absl::StatusOr<Edtf> Parse(absl::string_view text);

  // The text as it was given, in which an open end ("2026/..") and an unknown one
  // ("2026/") stay apart.
  const std::string& text() const { return text_; }
  EdtfForm form() const { return form_; }

  // The instants between which the date may have happened. A date-time is one
  // instant; a day lasts from its first to its last microsecond in `zone`. What
  // lasted ("a/b") is there from its beginning, so only `a` counts, up to b when
  // `a` is open or unknown. OUT_OF_RANGE if a year lies outside the int64 range
  // of microseconds (about ±292,000 years). INVALID_ARGUMENT if the bounds cross
  // in `zone`, which Parse can't tell of a date beside a date-time, or if the
  // zone's clocks skipped the day (Samoa had no 2011-12-30).
  absl::StatusOr<TimeBounds> Resolve(const HomeZone& zone, const QualifierWidths& widths) const;

 private:
  friend absl::StatusOr<Instant> ParseAsOfDate(absl::string_view text, const HomeZone& zone);

  Edtf() = default;

  std::string text_;
  EdtfForm form_ = EdtfForm::kDate;

  // The date itself; or the two ends of an interval or a range, of which one may
  // be absent; or the members of a list, none absent.
  std::vector<std::optional<EdtfDate>> dates_;
};

// The last instant of a date that an as-of question names: "2026-01-12" is the
// end of that day in `zone`, "2026-01" the end of January, "2026" of the year; a
// date-time is itself. INVALID_ARGUMENT for anything else, vague dates included:
// a question needs one date. OUT_OF_RANGE as Edtf::Resolve.
absl::StatusOr<Instant> ParseAsOfDate(absl::string_view text, const HomeZone& zone);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_EDTF_H_
