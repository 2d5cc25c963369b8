#include "engine/render/words.h"

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "engine/render/text.h"
#include "engine/time/edtf.h"

namespace annals {
namespace {

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

// Year 0 of the calendar that we count in is 1 BCE.
std::string DayInWords(const absl::CivilDay& day) {
  const std::string year =
      day.year() > 0 ? absl::StrCat(day.year()) : absl::StrCat(1 - day.year(), " BCE");
  return absl::StrCat(day.day(), " ", kMonths[day.month() - 1], " ", year);
}

std::string TimeInWords(const absl::CivilSecond& second) {
  if (second.second() == 0) return absl::StrFormat("%02d:%02d", second.hour(), second.minute());
  return absl::StrFormat("%02d:%02d:%02d", second.hour(), second.minute(), second.second());
}

// Whether the next day begins a microsecond later.
bool EndsDay(Instant instant, const HomeZone& zone) {
  if (instant.IsOpen()) return false;
  const absl::Time time = absl::FromUnixMicros(instant.micros);
  const absl::CivilDay day(zone.zone().At(time).cs);
  return absl::CivilDay(zone.zone().At(time + absl::Microseconds(1)).cs) == day + 1;
}

std::string DateInWords(const v1::Date& date, const HomeZone& zone) {
  if (!date.edtf().empty()) return date.edtf();
  const Instant latest = {date.bounds().latest()};
  if (latest.IsOpen()) return "undated";
  return absl::StrCat("undated, by ", InstantInWords(latest, zone));
}

bool IsPlainInShell(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-_./:=+,@%").find(c) != absl::string_view::npos;
}

}  // namespace

std::string QuantityInWords(const v1::Quantity& quantity) {
  if (!quantity.has_lower() && !quantity.has_upper()) return "any number";
  if (!quantity.has_upper()) return absl::StrCat("at least ", GroupedNumber(quantity.lower()));
  if (!quantity.has_lower()) return absl::StrCat("at most ", GroupedNumber(quantity.upper()));
  if (quantity.lower() == quantity.upper()) return GroupedNumber(quantity.lower());
  // A dash between negative numbers would read as a sign.
  const absl::string_view dash = quantity.lower() < 0 || quantity.upper() < 0 ? " to " : "–";
  return absl::StrCat(GroupedNumber(quantity.lower()), dash, GroupedNumber(quantity.upper()));
}

std::string ValueInWords(const v1::Value& value, const HomeZone& zone) {
  switch (value.kind_case()) {
    case v1::Value::kQuantity:
      return QuantityInWords(value.quantity());
    case v1::Value::kText:
      return value.text();
    case v1::Value::kDate:
      return DateInWords(value.date(), zone);
    case v1::Value::kFlag:
      return value.flag() ? "yes" : "no";
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return "";
}

std::string InstantInWords(Instant instant, const HomeZone& zone) {
  if (instant == Instant::Beginning()) return "the beginning of time";
  if (instant == Instant::End()) return "the end of time";
  const absl::CivilSecond second = zone.zone().At(absl::FromUnixMicros(instant.micros)).cs;
  const std::string day = DayInWords(absl::CivilDay(second));
  if (EndsDay(instant, zone)) return absl::StrCat("the end of ", day);
  return absl::StrCat(day, ", ", TimeInWords(second));
}

std::string InstantAsArgument(Instant instant, const HomeZone& zone) {
  const std::string text = FormatInstant(instant, zone);
  // A date where it means the same; beyond the year 9999 only a year can.
  for (const size_t end : {text.find('T'), text.find('-', 1)}) {
    const std::string date = text.substr(0, end);
    const absl::StatusOr<Instant> last = ParseAsOfDate(date, zone);
    if (last.ok() && *last == instant) return date;
  }
  return text;
}

std::string AsOfInWords(const PinnedAsOf& as_of, const HomeZone& zone) {
  const std::string events =
      as_of.position.value == 1
          ? "the first event"
          : absl::StrCat("the first ", GroupedNumber(static_cast<int64_t>(as_of.position.value)),
                         " events");
  return absl::StrCat("As of ", InstantInWords(as_of.valid, zone), ", as known by ",
                      InstantInWords(as_of.known, zone), ", going by ", events,
                      ". Dates are days in ", zone.name(), ".");
}

std::string ShellQuoted(absl::string_view argument) {
  bool plain = !argument.empty();
  for (const char c : argument) plain = plain && IsPlainInShell(c);
  if (plain) return std::string(argument);
  return absl::StrCat("'", absl::StrReplaceAll(argument, {{"'", "'\\''"}}), "'");
}

std::string ShellCommand(const std::vector<std::string>& arguments) {
  return absl::StrJoin(arguments, " ", [](std::string* out, const std::string& argument) {
    absl::StrAppend(out, ShellQuoted(argument));
  });
}

}  // namespace annals
