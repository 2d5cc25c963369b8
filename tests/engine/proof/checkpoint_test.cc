#include "engine/proof/checkpoint.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

// The example of the specification.
constexpr char kText[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(CheckpointTest, ReadsAndWritesTheSpecificationsExample) {
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, ParseCheckpoint(kText));
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20'852'163);
  EXPECT_EQ(checkpoint.root[0], 0x0a);
  EXPECT_EQ(checkpoint.root[31], 0x62);
  EXPECT_EQ(FormatCheckpoint(checkpoint), kText);
}

TEST(CheckpointTest, KeepsTheLinesOfOthers) {
  const std::string text = std::string(kText) + "timestamp 5\nanother\n";
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, ParseCheckpoint(text));
  EXPECT_EQ(checkpoint.extensions, "timestamp 5\nanother\n");
  EXPECT_EQ(FormatCheckpoint(checkpoint), text);
}

TEST(CheckpointTest, RefusesAnythingElse) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  for (const std::string& text :
       {std::string(), std::string("a\n"), std::string("a\n1\n"), "\n1\n" + root, "a\n-1\n" + root,
        "a\n+1\n" + root, "a\n01\n" + root, "a\n 1\n" + root, "a\n\n" + root,
        "a\n18446744073709551616\n" + root, std::string("a\n1\nCsUY\n"),
        // The last digit has bits that no byte has.
        std::string("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"),
        std::string("a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n"), "a\n1\n" + root + "\n",
        "a\n1\n" + root + "x\n\ny\n", "a\n1\n" + root + "x",
        "a\n1\n" + root.substr(0, root.size() - 1)}) {
    EXPECT_THAT(ParseCheckpoint(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no checkpoint")))
        << text;
  }
}

}  // namespace
}  // namespace annals::testing
