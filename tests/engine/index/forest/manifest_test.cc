#include "engine/index/forest/manifest.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::forest {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

Manifest Sample() {
  return {.sequence = 300, .measures = 5, .next_run = 9, .runs = {{2, 70'000, 1}, {8, 64, 1}}};
}

TEST(ManifestTest, DecodesWhatWasEncoded) {
  EXPECT_THAT(Manifest::Decode(Sample().Encode()), IsOkAndHolds(Sample()));
  EXPECT_EQ(Sample().points(), 70'064);
}

TEST(ManifestTest, FormatIsStable) {
  EXPECT_EQ(absl::BytesToHexString(Sample().Encode()), "01ac0205090202f0a20401084001");
}

TEST(ManifestTest, RefusesAnotherVersion) {
  std::string bytes = Sample().Encode();
  bytes[0] = 2;
  EXPECT_THAT(Manifest::Decode(bytes), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                HasSubstr("of format 2, this program reads 1")));
}

TEST(ManifestTest, MalformedBytesAreDataLoss) {
  const std::string bytes = Sample().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(Manifest::Decode(bytes.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed manifest")));
  }
  EXPECT_THAT(Manifest::Decode(bytes + "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("its length")));
  Manifest manifest = Sample();
  manifest.measures = 6;
  EXPECT_THAT(Manifest::Decode(manifest.Encode()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("number of measures")));
  manifest = Sample();
  manifest.runs[1].id = 9;
  EXPECT_THAT(Manifest::Decode(manifest.Encode()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("its run 1")));
}

}  // namespace
}  // namespace annals::forest
