// Require: what a fuzz target holds of every input.
#ifndef ANNALS_TESTS_FUZZ_REQUIRE_H_
#define ANNALS_TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>
#include <string>

namespace annals::fuzz {

// Ends the process unless `holds`, so that libFuzzer keeps the input; `what` says
// which promise was broken.
inline void Require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what.c_str());
  std::abort();
}

}  // namespace annals::fuzz

#endif  // ANNALS_TESTS_FUZZ_REQUIRE_H_
