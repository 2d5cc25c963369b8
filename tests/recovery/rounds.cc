#include "tests/recovery/rounds.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "absl/base/config.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals::recovery {
namespace {

constexpr int kMostFailures = 5;
constexpr std::chrono::seconds kBetweenReports(10);

// A test that was asked for something else than it understands must not pass.
uint64_t NumberOr(const char* variable, uint64_t usual) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return usual;
  uint64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  std::cerr << variable << " is not a number: \"" << text << "\"" << std::endl;
  std::exit(2);
}

}  // namespace

uint64_t RoundsOr(uint64_t usual) {
#ifdef ABSL_HAVE_THREAD_SANITIZER
  // It makes everything many times as slow, and looks for other things.
  usual = std::max<uint64_t>(1, usual / 10);
#endif
  return NumberOr("ANNALS_FAULT_ROUNDS", usual);
}

void RowProgress::Report(uint64_t done, uint64_t of) {
  const auto now = std::chrono::steady_clock::now();
  if (now - reported_ < kBetweenReports) return;
  std::cerr << row_ << ": " << done << " of " << of << " " << unit_ << std::endl;
  reported_ = now;
}

void RunRounds(const std::string& row, uint64_t rounds,
               const std::function<std::string(uint64_t seed)>& round,
               const std::function<std::string()>& summary) {
  const uint64_t first = NumberOr("ANNALS_FAULT_SEED", 1);
  int failures = 0;
  uint64_t done = 0;
  RowProgress progress(row, "rounds");
  while (done < rounds && failures < kMostFailures) {
    progress.Report(done, rounds);
    const uint64_t seed = first + done++;
    const std::string wrong = round(seed);
    if (wrong.empty()) continue;
    ++failures;
    ADD_FAILURE() << row << ", seed " << seed << ": " << wrong
                  << "do it again with tools/torture --row " << row << " --rounds 1 --seed "
                  << seed;
  }
  std::cout << "row " << row << ": " << done << " rounds from seed " << first << ", " << failures
            << " failures" << (summary ? "; " + summary() : "") << std::endl;
}

std::string KeepFolder(const std::string& folder, const std::string& name) {
  const char* outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (outputs == nullptr) return "";
  const std::string kept = absl::StrCat(outputs, "/", name);
  std::error_code ignored;
  std::filesystem::remove_all(kept, ignored);
  std::filesystem::copy(folder, kept, std::filesystem::copy_options::recursive, ignored);
  return absl::StrCat("the folder as it was is kept in ", kept, "\n");
}

}  // namespace annals::recovery
