#include "bench/serve/message_frames.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::bench {
namespace {

using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string& LongMessage() {
  static const std::string message(70'000, 'm');  // Its length takes three bytes.
  return message;
}

// The messages of a stream that comes in pieces of so many bytes.
std::vector<std::string> InPieces(absl::string_view stream, size_t piece) {
  std::vector<std::string> messages;
  MessageFrames frames;
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    EXPECT_OK(frames.Feed(stream.substr(0, piece), [&](absl::string_view message) {
      messages.emplace_back(message);
      return absl::OkStatus();
    }));
  }
  EXPECT_TRUE(frames.is_between_messages());
  return messages;
}

TEST(MessageFramesTest, GiveTheSameMessagesHoweverTheStreamIsCut) {
  const std::string stream =
      FramedMessage("one") + FramedMessage("") + FramedMessage(LongMessage()) + FramedMessage("4");
  for (const size_t piece : {size_t{1}, size_t{4}, size_t{5}, size_t{9}, size_t{16'384},
                             stream.size() - 1, stream.size()}) {
    EXPECT_THAT(InPieces(stream, piece), ElementsAre("one", "", LongMessage(), "4")) << piece;
  }
}

TEST(MessageFramesTest, LengthsAreInFourBytesWithTheHighestFirst) {
  EXPECT_EQ(FramedMessage(LongMessage()).substr(0, 6), std::string("\0\0\1\x11\x70m", 6));
}

TEST(MessageFramesTest, KnowWhenAMessageIsBegun) {
  MessageFrames frames;
  const auto ignore = [](absl::string_view) { return absl::OkStatus(); };
  EXPECT_TRUE(frames.is_between_messages());
  EXPECT_OK(frames.Feed(absl::string_view("\0", 1), ignore));
  EXPECT_FALSE(frames.is_between_messages());
}

TEST(MessageFramesTest, RefuseACompressedMessage) {
  MessageFrames frames;
  EXPECT_THAT(frames.Feed(absl::string_view("\1\0\0\0\1z", 6),
                          [](absl::string_view) { return absl::OkStatus(); }),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("compressed")));
}

TEST(MessageFramesTest, StopWhereAMessageIsRefused) {
  MessageFrames frames;
  int taken = 0;
  EXPECT_THAT(frames.Feed(FramedMessage("a") + FramedMessage("b"),
                          [&](absl::string_view) {
                            ++taken;
                            return absl::DataLossError("no message");
                          }),
              StatusIs(absl::StatusCode::kDataLoss, "no message"));
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace annals::bench
