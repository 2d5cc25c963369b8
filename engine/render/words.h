// Values, moments and as-ofs as a person reads them.
#ifndef ANNALS_ENGINE_RENDER_WORDS_H_
#define ANNALS_ENGINE_RENDER_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/query/question.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

// "5", "800–1,000", "at least 801", "at most 9", "any number".
std::string QuantityInWords(const v1::Quantity& quantity);

// A cell's value: quantities as above, flags "yes" and "no", dates as they were
// stated. A date that nobody stated: "undated", with the day by which it was.
std::string ValueInWords(const v1::Value& value, const HomeZone& zone);

// "the end of 12 January 2026", "12 January 2026, 09:30", "15 March 45 BCE,
// 12:00:05" (to the second); open instants are "the beginning of time" and "the
// end of time".
std::string InstantInWords(Instant instant, const HomeZone& zone);

// As a date argument states it, to be read back: "2026-01-12" for the last
// instant of that day, otherwise RFC 3339, to the microsecond.
std::string InstantAsArgument(Instant instant, const HomeZone& zone);

// "As of the end of 12 January 2026, as known by …, going by the first 61
// events. Dates are days in America/Caracas."
std::string AsOfInWords(const PinnedAsOf& as_of, const HomeZone& zone);

// `argument` as a shell reads it back: quoted only where it must be.
std::string ShellQuoted(absl::string_view argument);

// A command that can be pasted.
std::string ShellCommand(const std::vector<std::string>& arguments);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_WORDS_H_
