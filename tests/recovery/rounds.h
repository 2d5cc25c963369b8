// RunRounds: one row of the fault tests, seed by seed.
//
// The environment says how much: ANNALS_FAULT_ROUNDS in place of the usual number,
// ANNALS_FAULT_SEED for the first seed. Seed N alone is done again with
// ANNALS_FAULT_SEED=N ANNALS_FAULT_ROUNDS=1; tools/torture sets both.
#ifndef ANNALS_TESTS_RECOVERY_ROUNDS_H_
#define ANNALS_TESTS_RECOVERY_ROUNDS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace annals::recovery {

// How many rounds a row is to do; a tenth of the usual under the thread sanitizer.
uint64_t RoundsOr(uint64_t usual);

// Says on standard error how far a row is, every ten seconds: "crash: 100 of 7533 disk
// operations". Not thread-safe.
class RowProgress {
 public:
  RowProgress(std::string row, std::string unit) : row_(std::move(row)), unit_(std::move(unit)) {}

  void Report(uint64_t done, uint64_t of);

 private:
  const std::string row_;
  const std::string unit_;
  std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
};

// Does `rounds` rounds; each returns what was wrong, "" if nothing was. Every one
// that fails fails the test; after a few it stops. Says how far it is, and prints one
// line that tells how many there were: "row NAME: 500 rounds from seed 1, 0 failures; …",
// which ends with what `summary` says.
void RunRounds(const std::string& row, uint64_t rounds,
               const std::function<std::string(uint64_t seed)>& round,
               const std::function<std::string()>& summary = nullptr);

// Copies a folder to where Bazel keeps what a test leaves, if it does. Returns where,
// for the failure's message.
std::string KeepFolder(const std::string& folder, const std::string& name);

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_ROUNDS_H_
