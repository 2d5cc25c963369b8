// Sensitive fields in a store: who sees them, and how they are forgotten.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/log/log_verifier.h"
#include "engine/privacy/field_sealer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/erasure.pb.h"
#include "tests/engine/erasure/hospital_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::AdmissionEvent;
using ::annals::testing::FilesWith;
using ::annals::testing::HospitalFixture;
using ::annals::testing::kDecision;
using ::annals::testing::StatusIs;
using ::annals::testing::hospital::Admission;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class ForgettingTest : public HospitalFixture {
 protected:
  std::string Subjects() const { return path() + "/keys/subjects"; }

  Admission Stored(const std::string& id) {
    Admission admission;
    EXPECT_TRUE(Find(id).payload().UnpackTo(&admission));
    return admission;
  }
  Admission Shown(const std::string& id) {
    Admission admission = Stored(id);
    store_->sealer().Unseal(id, &admission);
    return admission;
  }
  absl::StatusOr<Receipt> Forget(const std::string& subject) {
    return store_->eraser().Forget({.timeline = "t", .subject = subject, .decision = kDecision});
  }
};

TEST_F(ForgettingTest, SensitiveFieldsAreInNoFileOfTheStore) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana-Maria-Incognita")}));
  EXPECT_THAT(Stored("a").patient(), StartsWith("annals-sealed:1:"));
  EXPECT_EQ(Stored("a").ward(), "ward-0");
  EXPECT_EQ(Shown("a").patient(), "Ana-Maria-Incognita");
  EXPECT_EQ(Shown("a").diagnosis(), "influenza");
  ASSERT_OK(Open());
  EXPECT_EQ(Shown("a").patient(), "Ana-Maria-Incognita");
  EXPECT_THAT(FilesWith(path(), "Ana-Maria-Incognita"), IsEmpty());
}

TEST_F(ForgettingTest, ProjectionsSeeNothingOfThem) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana")}));
  EXPECT_THAT(Wards(), HasSubstr("<>"));
  EXPECT_THAT(Wards(), Not(AnyOf(HasSubstr("Ana"), HasSubstr("annals-sealed"))));
}

TEST_F(ForgettingTest, RetryIsRecognised) {
  ASSERT_OK_AND_ASSIGN(const auto first, Append({AdmissionEvent("a", "Ana")}));
  ASSERT_OK(Open());
  ASSERT_OK_AND_ASSIGN(const auto again, Append({AdmissionEvent("a", "Ana")}));
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_EQ(again[0].position, first[0].position);
  EXPECT_THAT(Append({AdmissionEvent("a", "Eva")}),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("contents")));
}

TEST_F(ForgettingTest, ForgottenSubjectIsErasedAndOthersStay) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana"), AdmissionEvent("b", "Luis")}));
  ASSERT_OK_AND_ASSIGN(const Receipt receipt, Forget("Ana"));
  EXPECT_EQ(Shown("a").patient(), kErased);
  EXPECT_EQ(Shown("a").diagnosis(), kErased);
  EXPECT_EQ(Shown("b").patient(), "Luis");

  const v1::Event recorded = *store_->log().Read("t", receipt.position);
  v1::SubjectForgotten forgotten;
  ASSERT_TRUE(recorded.payload().UnpackTo(&forgotten));
  EXPECT_EQ(forgotten.reason(), kDecision.reason);
  EXPECT_THAT(recorded.ShortDebugString(), Not(HasSubstr("Ana")));
  ASSERT_OK(VerifyLog(store_->folder(), store_->log(), [](const VerifyReport&) {}));

  EXPECT_THAT(Forget("Ana"), StatusIs(StatusCode::kNotFound, HasSubstr("forgotten before")));
  EXPECT_THAT(Forget("Nobody"), StatusIs(StatusCode::kNotFound, HasSubstr("no key")));
  ASSERT_OK(Open());
  EXPECT_EQ(Shown("a").patient(), kErased);
}

TEST_F(ForgettingTest, WhatComesLaterIsSealedAnew) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana")}));
  ASSERT_OK(Forget("Ana"));
  ASSERT_OK(Append({AdmissionEvent("b", "Ana")}));
  ASSERT_OK(Open());
  EXPECT_EQ(Shown("a").patient(), kErased);
  EXPECT_EQ(Shown("b").patient(), "Ana");
}

// As if the program had ended between the two steps.
TEST_F(ForgettingTest, IsFinishedWhenTheStoreIsOpened) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana")}));
  const std::string kept = folder_.path() + "/kept";
  std::filesystem::copy(Subjects(), kept);
  ASSERT_OK(Forget("Ana"));
  Close();
  std::filesystem::copy(kept, Subjects(), std::filesystem::copy_options::overwrite_existing);
  ASSERT_OK(Open());
  EXPECT_OK(store_->unfinished_erasure());
  EXPECT_EQ(Shown("a").patient(), kErased);
}

TEST_F(ForgettingTest, LostKeyFolderErasesEverythingSealedAndNothingElse) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana"), testing::TreatmentEvent(1)}));
  const std::string wards = Wards();
  Close();
  std::filesystem::remove_all(path() + "/keys");
  ASSERT_OK(Open());
  EXPECT_EQ(Shown("a").patient(), kErased);
  EXPECT_EQ(Wards(), wards);
  ASSERT_OK(VerifyLog(store_->folder(), store_->log(), [](const VerifyReport&) {}));
  ASSERT_OK(Append({AdmissionEvent("b", "Ana")}));
  EXPECT_EQ(Shown("b").patient(), "Ana");
}

TEST_F(ForgettingTest, CopyKeepsItsSealedFields) {
  ASSERT_OK(Append({AdmissionEvent("a", "Ana")}));
  const std::vector<v1::Event> events = {Find("created"), Find("a")};
  Close();
  const std::string elsewhere = folder_.path() + "/copy";
  ASSERT_OK(Store::Create(elsewhere));
  ASSERT_OK_AND_ASSIGN(store_, Store::Open(elsewhere, &domains_, {}));
  ASSERT_OK(Append(events, Provenance::kCopied));
  EXPECT_EQ(Find("a").payload().value(), events[1].payload().value());
  EXPECT_EQ(Shown("a").patient(), kErased);
}

}  // namespace
}  // namespace annals
