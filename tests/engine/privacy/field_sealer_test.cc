#include "engine/privacy/field_sealer.h"

#include <filesystem>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/hospital/hospital.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::StatusIs;
using testing::hospital::Admission;
using testing::hospital::Observation;

class FieldSealerTest : public ::testing::Test {
 protected:
  static Admission Example() {
    Admission admission;
    admission.set_patient("Ana");
    admission.set_diagnosis("influenza");
    admission.add_visits()->set_visitor("Luis");
    admission.set_scan(std::string("\0\xff", 2));
    admission.set_ward("3B");
    return admission;
  }
  Admission Sealed(const std::string& id = "a") {
    Admission admission = Example();
    EXPECT_OK(sealer_.Seal({"t", id, "admissions"}, &admission));
    return admission;
  }
  Admission Shown(Admission admission, const std::string& id = "a") {
    sealer_.Unseal(id, &admission);
    return admission;
  }
  void Forget(const std::string& subject) {
    const absl::StatusOr<SubjectKeyPtr> key = keys_.Find("t", subject);
    ASSERT_OK(key);
    ASSERT_OK(keys_.Destroy((*key)->id(), (*key)->Fingerprint()));
  }

  testing::TemporaryDirectory directory_;
  SubjectKeys keys_{directory_.path() + "/keys/subjects"};
  FieldSealer sealer_{&keys_};
};

TEST_F(FieldSealerTest, SealsWhatIsSensitiveAndShowsItAgain) {
  const Admission sealed = Sealed();
  EXPECT_THAT(sealed.patient(), StartsWith("annals-sealed:1:"));
  EXPECT_THAT(sealed.visits(0).visitor(), StartsWith("annals-sealed:1:"));
  EXPECT_THAT(sealed.scan(), StartsWith("annals-sealed:1:"));
  EXPECT_EQ(sealed.ward(), "3B");
  EXPECT_EQ(Shown(sealed).SerializeAsString(), Example().SerializeAsString());
}

// Key id, nonce, then as many bytes as were sealed and a tag.
TEST_F(FieldSealerTest, SealedFormIsAsDocumented) {
  std::string whole;
  const Admission sealed = Sealed();
  ASSERT_TRUE(absl::Base64Unescape(sealed.diagnosis().substr(16), &whole));
  EXPECT_EQ(whole.size(), 16 + 24 + 9 + 16);
  const absl::StatusOr<SubjectKeyPtr> key = keys_.Find("t", "Ana");
  ASSERT_OK(key);
  EXPECT_EQ(absl::BytesToHexString(whole.substr(0, 16)), (*key)->id());
}

TEST_F(FieldSealerTest, RetryIsSealedAlikeAndAnotherEventOtherwise) {
  EXPECT_EQ(Sealed().SerializeAsString(), Sealed().SerializeAsString());
  EXPECT_NE(Sealed("a").diagnosis(), Sealed("b").diagnosis());
}

TEST_F(FieldSealerTest, WhatIsMovedElsewhereIsNotShown) {
  EXPECT_EQ(Shown(Sealed("a"), "b").diagnosis(), kErased);
  Admission swapped = Sealed();
  swapped.set_diagnosis(swapped.patient());
  EXPECT_EQ(Shown(swapped).diagnosis(), kErased);
}

TEST_F(FieldSealerTest, ForgottenSubjectReadsAsErased) {
  const Admission sealed = Sealed();
  Forget("Ana");
  EXPECT_EQ(Shown(sealed).patient(), kErased);
  EXPECT_EQ(Shown(sealed).scan(), kErased);
  EXPECT_EQ(Shown(sealed).ward(), "3B");
  // A later key of the same subject opens nothing that was sealed before.
  const Admission later = Sealed();
  EXPECT_EQ(Shown(later).patient(), "Ana");
  EXPECT_EQ(Shown(sealed).patient(), kErased);
}

TEST_F(FieldSealerTest, LostKeyFolderReadsAsErased) {
  const Admission sealed = Sealed();
  std::filesystem::remove_all(directory_.path() + "/keys");
  SubjectKeys keys(directory_.path() + "/keys/subjects");
  Admission shown = sealed;
  FieldSealer(&keys).Unseal("a", &shown);
  EXPECT_EQ(shown.diagnosis(), kErased);
}

TEST_F(FieldSealerTest, SubjectIsTheStreamUnlessThePayloadNamesAnother) {
  Observation observation;
  observation.set_text("sleeps");
  ASSERT_OK(sealer_.Seal({"t", "o", "patients/7"}, &observation));
  Forget("patients/7");
  sealer_.Unseal("o", &observation);
  EXPECT_EQ(observation.text(), kErased);
}

TEST_F(FieldSealerTest, RefusesTextThatLooksSealed) {
  Observation observation;
  observation.set_text("annals-sealed:1:AAAA");
  EXPECT_THAT(sealer_.Seal({"t", "o", "s"}, &observation),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("text: begins with")));
}

TEST_F(FieldSealerTest, DamagedSealedTextReadsAsErased) {
  for (const char* const text : {"annals-sealed:", "annals-sealed:2:AAAA", "annals-sealed:1:AAAA",
                                 "annals-sealed:1:no base64!"}) {
    Observation observation;
    observation.set_text(text);
    sealer_.Unseal("o", &observation);
    EXPECT_EQ(observation.text(), kErased) << text;
  }
}

TEST_F(FieldSealerTest, WhatWasNeverSealedIsShownAsItIs) {
  Observation observation;
  observation.set_text("before the field was marked");
  sealer_.Unseal("o", &observation);
  EXPECT_EQ(observation.text(), "before the field was marked");
}

}  // namespace
}  // namespace annals
