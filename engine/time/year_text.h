// How a year is written: by the same rule wherever a date is printed.
#ifndef ANNALS_ENGINE_TIME_YEAR_TEXT_H_
#define ANNALS_ENGINE_TIME_YEAR_TEXT_H_

#include <cstdint>
#include <string>

namespace annals {

// As EDTF writes it: "0044", "-0044" (45 BCE, since year 0000 is 1 BCE), and with
// a prefix beyond four digits, "Y17000", "Y-17000".
std::string FormatYear(int64_t year);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_YEAR_TEXT_H_
