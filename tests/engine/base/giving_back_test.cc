#include "engine/base/giving_back.h"

#include <optional>

#include "gtest/gtest.h"

namespace {

int told = 0;
bool gives_back_at_once = false;

}  // namespace

void AnnalsGiveBackAtOnce(bool at_once) {
  ++told;
  gives_back_at_once = at_once;
}

namespace annals {
namespace {

TEST(GivingBackTest, LastsAsLongAsAnyOfThem) {
  std::optional<GivingBack> first;
  std::optional<GivingBack> second;
  first.emplace();
  EXPECT_TRUE(gives_back_at_once);
  second.emplace();
  first.reset();
  EXPECT_TRUE(gives_back_at_once);
  second.reset();
  EXPECT_FALSE(gives_back_at_once);
  EXPECT_EQ(told, 4);
}

}  // namespace
}  // namespace annals
