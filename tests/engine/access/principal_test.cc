#include "engine/access/principal.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

PrincipalPtr Make(v1::Role role, const std::string& timeline) {
  v1::Token token;
  token.set_id("1a2b3c4d");
  token.set_role(role);
  token.add_timelines(timeline);
  return std::make_shared<const Principal>(std::move(token));
}

TEST(PrincipalTest, NobodyMayDoNothing) {
  EXPECT_THAT(Principal::Nobody()->CheckMay(v1::READER, "sea"),
              StatusIs(StatusCode::kUnauthenticated, HasSubstr("takes a token")));
}

TEST(PrincipalTest, ThisMachineMayDoEverythingWithoutLimit) {
  EXPECT_THAT(Principal::OfThisMachine()->CheckMay(v1::ADMIN, kAllTimelines), IsOk());
  EXPECT_FALSE(Principal::OfThisMachine()->is_limited());
  EXPECT_TRUE(Make(v1::READER, "sea")->is_limited());
}

TEST(PrincipalTest, WhoeverWatchesIsToldOfARevocationOnce) {
  const PrincipalPtr reader = Make(v1::READER, "sea");
  int told = 0;
  const RevocationWatch watch(reader, [&told] { ++told; });
  EXPECT_THAT(reader->CheckStands(), IsOk());
  reader->Revoke();
  reader->Revoke();
  EXPECT_EQ(told, 1);
  EXPECT_THAT(reader->CheckStands(),
              StatusIs(StatusCode::kUnauthenticated, HasSubstr("1a2b3c4d has been revoked")));
}

TEST(PrincipalTest, WhoeverWatchesTooLateIsToldAtOnce) {
  const PrincipalPtr reader = Make(v1::READER, "sea");
  reader->Revoke();
  int told = 0;
  const RevocationWatch watch(reader, [&told] { ++told; });
  EXPECT_EQ(told, 1);
}

TEST(PrincipalTest, WhoeverHasStoppedWatchingIsNotTold) {
  const PrincipalPtr reader = Make(v1::READER, "sea");
  int told = 0;
  {
    const RevocationWatch watch(reader, [&told] { ++told; });
  }
  reader->Revoke();
  EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace annals
