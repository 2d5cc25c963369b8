#include "engine/privacy/sensitive_fields.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/hospital/hospital.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;
using testing::hospital::Admission;

Admission Example() {
  Admission admission;
  admission.set_patient("Ana");
  admission.add_visits()->set_minutes(5);
  admission.add_visits()->set_visitor("Luis");
  admission.set_scan(std::string("\0\xff", 2));
  admission.set_ward("3B");
  admission.add_allergies("nuts");
  admission.add_allergies("dust");
  return admission;
}

TEST(SensitiveFieldsTest, AreFoundWhereverTheyStandUnlessEmpty) {
  Admission admission = Example();
  std::vector<std::string> paths;
  for (const SensitiveValue& value : FindSensitiveValues(&admission)) paths.push_back(value.path);
  EXPECT_THAT(paths,
              ElementsAre("patient", "visits[1].visitor", "scan", "allergies[0]", "allergies[1]"));
}

TEST(SensitiveFieldsTest, AreClearedAndNothingElseIs) {
  Admission admission = Example();
  ClearSensitiveFields(&admission);
  EXPECT_EQ(admission.ShortDebugString(),
            "visits { minutes: 5 } visits { } ward: \"3B\" allergies: \"\" allergies: \"\"");
}

TEST(SensitiveFieldsTest, AreKnownOfATypeByItsParts) {
  EXPECT_TRUE(HasSensitiveFields(Admission::descriptor()));
  EXPECT_TRUE(HasSensitiveFields(testing::hospital::SealedMap::descriptor()));
  EXPECT_FALSE(HasSensitiveFields(testing::hospital::Beds::descriptor()));
}

TEST(SensitiveFieldsTest, SubjectIsWhatTheMarkedFieldSays) {
  EXPECT_EQ(SubjectOf(Example()), "Ana");
  EXPECT_EQ(SubjectOf(testing::hospital::Observation()), "");
}

TEST(SensitiveFieldsTest, MarksThatCantBeHonouredAreRefused) {
  EXPECT_OK(CheckSensitiveMarks(Admission::descriptor()));
  EXPECT_THAT(
      CheckSensitiveMarks(testing::hospital::SealedNumber::descriptor()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("annals.testing.hospital.SealedNumber.count: only strings and bytes")));
  EXPECT_THAT(CheckSensitiveMarks(testing::hospital::SealedMap::descriptor()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("map")));
  EXPECT_THAT(CheckSensitiveMarks(testing::hospital::TwoSubjects::descriptor()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("TwoSubjects.other")));
}

}  // namespace
}  // namespace annals
