#include "engine/query/near_names.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NearNamesTest, ASlipOfTheFingerIsNear) {
  EXPECT_THAT(NearNames("el-helicoyde", {"ramo-verde", "el-helicoide", "rodeo-i"}, 10),
              ElementsAre("el-helicoide"));
}

TEST(NearNamesTest, APartOfTheNameIsNear) {
  EXPECT_THAT(NearNames("heli", {"ramo-verde", "el-helicoide"}, 10), ElementsAre("el-helicoide"));
}

TEST(NearNamesTest, CaseAndAccentsDoNotCount) {
  EXPECT_THAT(NearNames("MARQUEZ", {"Márquez", "Gómez"}, 10), ElementsAre("Márquez"));
}

TEST(NearNamesTest, TheNearestComesFirstAndTheLimitHolds) {
  EXPECT_THAT(NearNames("rodeo-1", {"rodeo-22", "rodeo-2", "rodeo-1a"}, 2),
              ElementsAre("rodeo-1a", "rodeo-2"));
}

TEST(NearNamesTest, WhatIsQuiteDifferentIsNotNear) {
  EXPECT_THAT(NearNames("prisoners", {"losses", "ships"}, 10), IsEmpty());
}

TEST(NearNamesTest, NothingIsNearWhatNobodyWouldCallAName) {
  EXPECT_THAT(NearNames("freed" + std::string(1'000'000, 'x'), {"freed"}, 3), IsEmpty());
}

TEST(NearNamesTest, AChoiceNamesTheNearestAndThenAll) {
  EXPECT_EQ(DescribeChoice("the views are", "shps", {"ships", "losses"}),
            "did you mean \"ships\"? The views are \"ships\", \"losses\"");
  EXPECT_EQ(DescribeChoice("the views are", "prisoners", {"ships", "losses"}),
            "the views are \"ships\", \"losses\"");
  EXPECT_EQ(DescribeChoice("the views are", "ships", {}), "the views are: none");
}

}  // namespace
}  // namespace annals
