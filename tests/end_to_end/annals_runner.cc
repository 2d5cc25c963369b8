#include "tests/end_to_end/annals_runner.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "gtest/gtest.h"

namespace annals::testing {
namespace {

constexpr int64_t kFirstOfJune2026Micros = 1'780'315'200'000'000;

}  // namespace

AnnalsRunner::AnnalsRunner() : clock_({kFirstOfJune2026Micros}) {
  environment_.variables["ANNALS_STORE"] = store();
  environment_.clock = &clock_;
  environment_.draw_id = [this] { return absl::StrCat("drawn-", ++drawn_); };
}

Outcome AnnalsRunner::Run(const std::vector<std::string>& arguments, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Outcome outcome;
  outcome.code = RunAnnals(arguments, in, out, err, environment_);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

std::string AnnalsRunner::Print(const std::vector<std::string>& arguments,
                                const std::string& input) {
  const Outcome outcome = Run(arguments, input);
  EXPECT_EQ(outcome.code, 0) << arguments[0] << ": " << outcome.err;
  return outcome.out;
}

void AnnalsRunner::LoadBundled() {
  Print({"init"});
  Print({"load", BundledFolder()});
}

void AnnalsRunner::MakeNotes() {
  Print({"init", "--timeline", "notes", "--zone", "America/Caracas", "--title", "Notes"});
}

std::string AnnalsRunner::WriteFile(const std::string& name, const std::string& contents) const {
  const std::string path = absl::StrCat(folder(), "/", name);
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

std::string BundledFolder() {
  return absl::StrCat(std::getenv("TEST_SRCDIR"), "/", std::getenv("TEST_WORKSPACE"),
                      "/timelines/venezuela-2026");
}

std::string SourceLine(const std::string& id, const std::string& title) {
  return absl::StrCat(
      "{\"id\":\"event-", id, "\",\"stream\":\"source/", id,
      "\",\"payload\":{\"@type\":\"type.googleapis.com/annals.v1.SourceRegistered\","
      "\"source\":\"",
      id, "\",\"title\":\"", title, "\"}}\n");
}

}  // namespace annals::testing
