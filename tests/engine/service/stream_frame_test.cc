#include "engine/service/stream_frame.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The payloads of what arrives in pieces of `size`; the last is "end: CODE message".
std::vector<std::string> ReadInPieces(const std::string& bytes, size_t size) {
  FrameReader reader;
  std::vector<std::string> payloads;
  for (size_t at = 0; at < bytes.size(); at += size) {
    reader.Add(absl::string_view(bytes).substr(at, size));
    while (true) {
      const absl::StatusOr<std::optional<Frame>> frame = reader.Next();
      EXPECT_THAT(frame, IsOk());
      if (!frame.ok() || !frame->has_value()) break;
      payloads.push_back((*frame)->kind == FrameKind::kEnd
                             ? absl::StrCat("end: ", OutcomeOf(**frame).ToString())
                             : (*frame)->payload);
    }
  }
  return payloads;
}

TEST(StreamFrameTest, ArrivesInPiecesOfAnySize) {
  const std::string large(300, 'x');
  const std::string bytes = absl::StrCat(MessageFrame("one"), MessageFrame(""), MessageFrame(large),
                                         EndFrame(absl::AbortedError("lost")));
  for (size_t size = 1; size <= bytes.size(); ++size) {
    EXPECT_THAT(ReadInPieces(bytes, size), ElementsAre("one", "", large, "end: ABORTED: lost"))
        << size;
  }
}

TEST(StreamFrameTest, HasTheBytesThatTheHeaderStates) {
  EXPECT_EQ(MessageFrame("ab"), std::string("\0\2ab", 4));
  EXPECT_EQ(MessageFrame(std::string(300, 'x')).substr(0, 3), std::string("\0\xac\x02", 3));
  EXPECT_EQ(EndFrame(absl::OkStatus()), std::string("\1\0", 2));
}

TEST(StreamFrameTest, AStreamThatStopsHasNoEnd) {
  const std::string bytes = absl::StrCat(MessageFrame("one"), EndFrame(absl::OkStatus()));
  FrameReader reader;
  reader.Add(absl::string_view(bytes).substr(0, bytes.size() - 1));
  ASSERT_OK_AND_ASSIGN(const std::optional<Frame> first, reader.Next());
  EXPECT_TRUE(first.has_value());
  ASSERT_OK_AND_ASSIGN(const std::optional<Frame> none, reader.Next());
  EXPECT_FALSE(none.has_value());
  EXPECT_FALSE(reader.ended());
  reader.Add(bytes.substr(bytes.size() - 1));
  ASSERT_OK_AND_ASSIGN(const std::optional<Frame> end, reader.Next());
  ASSERT_TRUE(end.has_value());
  EXPECT_THAT(OutcomeOf(*end), IsOk());
  EXPECT_TRUE(reader.ended());
}

struct Damaged {
  std::string bytes;
  std::string why;
};

TEST(StreamFrameTest, RefusesWhatIsNoFrame) {
  for (const Damaged& damaged : std::vector<Damaged>{
           {"\7abc", "unknown kind 7"},
           {absl::StrCat(std::string(1, '\0'), std::string(11, '\xff')), "without a length"},
           {std::string("\0\xff\xff\xff\x7f", 5), "the most is"},
       }) {
    FrameReader reader;
    reader.Add(damaged.bytes);
    EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(damaged.why)));
  }
  FrameReader reader;
  reader.Add(absl::StrCat(EndFrame(absl::OkStatus()), MessageFrame("late")));
  EXPECT_THAT(reader.Next(), IsOk());
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("after its end")));
  EXPECT_THAT(OutcomeOf({.kind = FrameKind::kEnd, .payload = "\x0a\xff"}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("can't be read")));
}

}  // namespace
}  // namespace annals
