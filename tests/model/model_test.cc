// The whole engine beside a naive model of it: seeded random operations, and
// every answer compared.
//
//   bazel test //tests/model:model_test
//   bazel run //tests/model:model_test -- --operations=200000 --seed=7
//
// Without --seed (or ANNALS_MODEL_SEED), several seeds share the operations.
#include <cstdint>
#include <cstdlib>
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

constexpr uint64_t kSeeds = 8;
constexpr uint64_t kOperations = 20800;

struct Settings {
  uint64_t operations = kOperations;
  std::optional<uint64_t> seed;
};

Settings& TheSettings() {
  static auto* const settings = new Settings();
  return *settings;
}

std::vector<uint64_t> Seeds() {
  if (TheSettings().seed) return {*TheSettings().seed};
  std::vector<uint64_t> seeds;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) seeds.push_back(seed);
  return seeds;
}

class ModelTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ModelTest, TheEngineAnswersAsTheModelDoes) {
  SideBySide pair(GetParam());
  const std::string difference = pair.Run(TheSettings().operations / Seeds().size());
  EXPECT_TRUE(difference.empty()) << difference;
  RecordProperty("done", pair.Tally());
  std::printf("seed %lu: %s\n", static_cast<unsigned long>(GetParam()), pair.Tally().c_str());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::ValuesIn(Seeds()));

// Reads a number from the text; a test that was asked for something else than
// it understands must not pass.
uint64_t Number(absl::string_view text) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    std::fprintf(stderr, "not a number: \"%s\"\n", std::string(text).c_str());
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
  return RUN_ALL_TESTS();
}
