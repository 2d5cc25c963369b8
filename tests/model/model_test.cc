// The whole engine beside a naive model of it: seeded random operations, and
// every answer compared.
//
//   bazel test //tests/model:model_test
//   bazel run //tests/model:model_test -- --operations=200000 --seed=7
//
// 240000 operations compare more than a million answers, in 160 seeds: what to run
// now and then, with -c opt.
//
// ANNALS_MODEL_OPERATIONS and ANNALS_MODEL_SEED say the same. Without a seed,
// several share the operations.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/model/side_by_side.h"

namespace annals::model {
namespace {

// The cost of a seed grows with the square of its operations: more operations
// are more seeds.
constexpr uint64_t kLeastSeeds = 8;
constexpr uint64_t kOperationsPerSeed = 1500;

struct Settings {
  uint64_t operations = kLeastSeeds * kOperationsPerSeed;
  std::optional<uint64_t> seed;
};

Settings& TheSettings() {
  static auto* const settings = new Settings();
  return *settings;
}

struct Totals {
  uint64_t seeds = 0;
  uint64_t operations = 0;
  uint64_t answers = 0;

  void operator+=(const Totals& more) {
    seeds += more.seeds;
    operations += more.operations;
    answers += more.answers;
  }
};

Totals& TheTotals() {
  static auto* const totals = new Totals();
  return *totals;
}

std::vector<uint64_t> Seeds() {
  if (TheSettings().seed) return {*TheSettings().seed};
  std::vector<uint64_t> seeds(std::max(kLeastSeeds, TheSettings().operations / kOperationsPerSeed));
  std::iota(seeds.begin(), seeds.end(), 1);
  return seeds;
}

class ModelTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ModelTest, TheEngineAnswersAsTheModelDoes) {
  SideBySide pair(GetParam());
  const uint64_t operations = TheSettings().operations / Seeds().size();
  const std::string difference = pair.Run(operations);
  EXPECT_TRUE(difference.empty()) << difference;
  const uint64_t answers = pair.answers();
  // Questions that ask for next to nothing would agree about it.
  EXPECT_GE(answers, operations);
  RecordProperty("done", pair.Tally());
  std::cout << "seed " << GetParam() << " (" << pair.Settings() << "): " << operations
            << " operations, " << answers << " answers compared: " << pair.Tally() << std::endl;
  TheTotals() += {.seeds = 1, .operations = operations, .answers = answers};
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::ValuesIn(Seeds()));

// Reads a number from the text; a test that was asked for something else than
// it understands must not pass.
uint64_t Number(absl::string_view text) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    std::cerr << "not a number: \"" << text << "\"" << std::endl;
    std::exit(2);
  }
  return number;
}

void ReadSettings(int argc, char** argv) {
  if (const char* text = std::getenv("ANNALS_MODEL_OPERATIONS")) {
    TheSettings().operations = Number(text);
  }
  if (const char* text = std::getenv("ANNALS_MODEL_SEED")) TheSettings().seed = Number(text);
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, "--operations=")) {
      TheSettings().operations = Number(argument);
    } else if (absl::ConsumePrefix(&argument, "--seed=")) {
      TheSettings().seed = Number(argument);
    }
  }
}

}  // namespace
}  // namespace annals::model

int main(int argc, char** argv) {
  annals::model::ReadSettings(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  const annals::model::Totals& totals = annals::model::TheTotals();
  std::cout << totals.seeds << " seeds, " << totals.operations << " operations, " << totals.answers
            << " answers compared" << std::endl;
  return failed;
}
