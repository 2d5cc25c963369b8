// AnnalsRunner: the command, run in this process on a store of its own.
//
//   AnnalsRunner annals;
//   const Outcome outcome = annals.Run({"as-of", "2026-01-12"});
//   EXPECT_EQ(outcome.code, 0) << outcome.err;
#ifndef ANNALS_TESTS_END_TO_END_ANNALS_RUNNER_H_
#define ANNALS_TESTS_END_TO_END_ANNALS_RUNNER_H_

#include <string>
#include <vector>

#include "cli/environment.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

// The clock stands at 1 June 2026, 12:00 UTC, unless it is moved. Random ids are
// "drawn-1", "drawn-2" … Every run opens the store and closes it again.
class AnnalsRunner {
 public:
  AnnalsRunner();

  Outcome Run(const std::vector<std::string>& arguments, const std::string& input = "");

  // Run, where anything but success fails the test; gives what was printed.
  std::string Print(const std::vector<std::string>& arguments, const std::string& input = "");

  // A store with the bundled timeline, venezuela-2026.
  void LoadBundled();

  // A store with a timeline "notes" whose days are Caracas days.
  void MakeNotes();

  FakeClock& clock() { return clock_; }
  Environment& environment() { return environment_; }
  const std::string& folder() const { return folder_.path(); }  // Holds the store.
  std::string store() const { return folder_.path() + "/store"; }

  // Writes a file into the folder; gives its path.
  std::string WriteFile(const std::string& name, const std::string& contents) const;

 private:
  TemporaryDirectory folder_;
  FakeClock clock_;
  Environment environment_;
  int drawn_ = 0;
};

// Where the bundled timeline's files are.
std::string BundledFolder();

// The line of an event that says nothing but that it exists: a registered
// source, as JSON.
std::string SourceLine(const std::string& id, const std::string& title);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_END_TO_END_ANNALS_RUNNER_H_
