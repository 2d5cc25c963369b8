#include "engine/base/wire_fields.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::pair<uint32_t, size_t>> Fields(absl::string_view bytes, bool* at_end) {
  std::vector<std::pair<uint32_t, size_t>> fields;
  WireFields field(bytes);
  while (field.Next()) fields.emplace_back(field.number(), field.begin());
  *at_end = field.at_end();
  return fields;
}

TEST(WireFieldsTest, NamesEveryFieldAndWhereItBegins) {
  v1::Event event;
  event.set_id("an-id");
  event.set_position(300);
  event.mutable_occurred_bounds()->set_earliest(-1);
  bool at_end = false;
  EXPECT_THAT(Fields(event.SerializeAsString(), &at_end),
              ElementsAre(Pair(1, 0), Pair(5, 7), Pair(17, 10)));
  EXPECT_TRUE(at_end);
}

TEST(WireFieldsTest, FixedWidthsAreSkipped) {
  const absl::string_view bytes(
      "\x09"
      "12345678"
      "\x15"
      "1234"
      "\x18\x05",
      16);
  bool at_end = false;
  EXPECT_THAT(Fields(bytes, &at_end), ElementsAre(Pair(1, 0), Pair(2, 9), Pair(3, 14)));
  EXPECT_TRUE(at_end);
}

TEST(WireFieldsTest, NothingIsNoField) {
  bool at_end = false;
  EXPECT_THAT(Fields("", &at_end), IsEmpty());
  EXPECT_TRUE(at_end);
}

TEST(WireFieldsTest, TellsTheContentsOfWhatHasALength) {
  WireFields field(
      absl::string_view("\x0a\x02"
                        "ab\x10\x07\x0a\x00",
                        8));
  ASSERT_TRUE(field.Next());
  EXPECT_EQ(field.contents(), "ab");
  ASSERT_TRUE(field.Next());
  EXPECT_EQ(field.contents(), "");
  ASSERT_TRUE(field.Next());
  EXPECT_EQ(field.contents(), "");
  EXPECT_FALSE(field.Next());
}

TEST(WireFieldsTest, StopsAtWhatIsNoField) {
  const std::string overlong(11, '\xff');
  for (const absl::string_view bytes :
       {absl::string_view("\x08"),
        absl::string_view("\x0a\x05"
                          "four"),
        absl::string_view("\x09"
                          "1234567"),
        absl::string_view("\x0b"), absl::string_view("\x0f"), absl::string_view(overlong)}) {
    bool at_end = true;
    EXPECT_THAT(Fields(bytes, &at_end), IsEmpty());
    EXPECT_FALSE(at_end);
  }
}

TEST(WireFieldsTest, AnyBytesComeToAnEnd) {
  std::mt19937 random(1);
  for (int round = 0; round < 10'000; ++round) {
    std::string bytes(random() % 40, 0);
    for (char& byte : bytes) byte = static_cast<char>(random());
    bool at_end = false;
    size_t before = 0;
    for (const auto& [number, begin] : Fields(bytes, &at_end)) {
      ASSERT_GE(begin, before);
      ASSERT_LT(begin, bytes.size());
      before = begin + 1;
    }
  }
}

}  // namespace
}  // namespace annals
