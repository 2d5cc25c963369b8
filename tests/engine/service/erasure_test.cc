// What the verbs show of sealed and redacted events, and what they pass on.
#include <memory>
#include <string>
#include <vector>

#include "engine/privacy/field_sealer.h"
#include "engine/service/store_service.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/engine/erasure/hospital_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::AdmissionEvent;
using ::annals::testing::HospitalFixture;
using ::annals::testing::kDecision;
using ::annals::testing::PatientOf;
using ::annals::testing::StatusIs;
using ::annals::testing::hospital::Admission;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServiceErasureTest : public HospitalFixture {
 protected:
  void SetUp() override {
    HospitalFixture::SetUp();
    service_ = std::make_unique<StoreService>(store_.get(), StoreService::Options{});
    ASSERT_OK(Append({AdmissionEvent("a", "Ana")}));
    AppendTreatments(1, 4);
  }
  void TearDown() override { service_ = nullptr; }

  template <typename Request>
  static Request Asked() {
    Request request;
    request.set_timeline("t");
    return request;
  }
  template <typename Request>
  static Request Decided() {
    Request request = Asked<Request>();
    request.set_reason(kDecision.reason);
    request.set_authority(kDecision.authority);
    request.set_editor(kDecision.editor);
    return request;
  }

  static std::string PatientIn(const v1::Event& event) {
    Admission admission;
    EXPECT_TRUE(event.payload().UnpackTo(&admission)) << event.ShortDebugString();
    return admission.patient();
  }
  v1::Event Get(const std::string& id) {
    auto request = Asked<v1::GetEventRequest>();
    request.set_id(id);
    const absl::StatusOr<v1::Event> event = service_->GetEvent(request);
    EXPECT_OK(event);
    return event.ok() ? *event : v1::Event();
  }
  v1::EventList List(const std::string& text = "") {
    auto request = Asked<v1::ListEventsRequest>();
    request.set_text(text);
    const absl::StatusOr<v1::EventList> list = service_->ListEvents(request);
    EXPECT_OK(list);
    return list.ok() ? *list : v1::EventList();
  }
  std::string WhyAdmitted() {
    auto request = Asked<v1::WhyRequest>();
    request.set_view("wards");
    request.add_key("ward-0");
    const absl::StatusOr<v1::WhyResponse> why = service_->Why(request);
    EXPECT_OK(why);
    for (const v1::CellReason& cell : why->reasons(0).cells()) {
      if (cell.column() == "admitted") return PatientIn(cell.reasons(0).event());
    }
    return "no reason";
  }
  // All events, as the log passes them on.
  std::vector<v1::Event> Read() {
    const auto reader = service_->ReadEvents(Asked<v1::ReadEventsRequest>());
    EXPECT_OK(reader);
    std::vector<v1::Event> events;
    while ((*reader)->Next()) events.push_back((*reader)->event());
    EXPECT_OK((*reader)->status());
    return events;
  }

  std::unique_ptr<StoreService> service_;
};

TEST_F(ServiceErasureTest, WhatIsShownIsPlainAndWhatIsPassedOnIsSealed) {
  EXPECT_EQ(PatientIn(Get("a")), "Ana");
  EXPECT_EQ(WhyAdmitted(), "Ana");
  bool listed = false;
  const v1::EventList list = List();
  for (const v1::ListedEvent& one : list.events()) {
    if (one.event().id() != "a") continue;
    listed = true;
    EXPECT_EQ(PatientIn(one.event()), "Ana");
  }
  EXPECT_TRUE(listed);
  EXPECT_THAT(PatientIn(Read()[1]), StartsWith("annals-sealed:1:"));
}

TEST_F(ServiceErasureTest, SearchDoesntLookIntoSealedFields) {
  EXPECT_EQ(List("Ana").events_size(), 0);
  EXPECT_EQ(List("annals-sealed").events_size(), 0);
  EXPECT_EQ(List(PatientOf(2)).events_size(), 1);
}

TEST_F(ServiceErasureTest, ForgottenSubjectIsErasedWhereverItIsShown) {
  auto request = Decided<v1::ForgetSubjectRequest>();
  request.set_subject("Ana");
  ASSERT_OK_AND_ASSIGN(const v1::ForgetSubjectResponse response, service_->ForgetSubject(request));
  EXPECT_EQ(response.receipt().position(), 6);
  EXPECT_EQ(PatientIn(Get("a")), kErased);
  EXPECT_EQ(WhyAdmitted(), kErased);
  EXPECT_THAT(service_->ForgetSubject(request), StatusIs(StatusCode::kNotFound, HasSubstr("key")));
  EXPECT_THAT(service_->ForgetSubject(Asked<v1::ForgetSubjectRequest>()),
              StatusIs(StatusCode::kNotFound, HasSubstr("key")));
}

TEST_F(ServiceErasureTest, RedactionTellsHowFarItIsAndWhatAnswersDoWithout) {
  auto request = Decided<v1::RedactRequest>();
  request.add_events("treatment-2");
  std::vector<v1::RedactResponse> reports;
  ASSERT_OK(service_->Redact(request,
                             [&](const v1::RedactResponse& report) { reports.push_back(report); }));
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().receipt().position(), 6);
  EXPECT_EQ(reports.back().head(), 6);

  auto asked = Asked<v1::AsOfRequest>();
  asked.add_views("wards");
  ASSERT_OK_AND_ASSIGN(v1::AsOfResponse answer, service_->AsOf(asked));
  const v1::RedactedPayloads& redacted = answer.views(0).redacted();
  EXPECT_EQ(redacted.count(), 1);
  ASSERT_EQ(redacted.payloads_size(), 1);
  EXPECT_EQ(redacted.payloads(0).event(), "treatment-2");
  EXPECT_EQ(redacted.payloads(0).position(), 4);
  EXPECT_EQ(redacted.payloads(0).redacted_by(), 6);
  EXPECT_EQ(redacted.payloads(0).authority(), kDecision.authority);
  // What the payload said isn't in the answer's words either.
  EXPECT_THAT(answer.ShortDebugString(), Not(HasSubstr(testing::RemarkOf(2))));
  // Up to the event before it there is nothing to say.
  asked.mutable_as_of()->set_position(3);
  ASSERT_OK_AND_ASSIGN(answer, service_->AsOf(asked));
  EXPECT_FALSE(answer.views(0).has_redacted());

  const v1::EventList list = List();
  for (const v1::ListedEvent& one : list.events()) {
    EXPECT_EQ(one.has_redacted(), one.event().id() == "treatment-2") << one.event().id();
    if (one.has_redacted()) {
      EXPECT_EQ(one.redacted().reason(), kDecision.reason);
    }
  }
  EXPECT_EQ(Get("treatment-2").payload().value(), "");
}

TEST_F(ServiceErasureTest, HistoryAndDiffSayItToo) {
  auto request = Decided<v1::RedactRequest>();
  request.add_events("treatment-2");
  ASSERT_OK(service_->Redact(request, [](const v1::RedactResponse&) {}));
  auto diff = Asked<v1::DiffRequest>();
  diff.add_views("wards");
  diff.mutable_from()->set_valid("2026-01-01");
  ASSERT_OK_AND_ASSIGN(const v1::DiffResponse changes, service_->Diff(diff));
  EXPECT_EQ(changes.diffs(0).redacted().count(), 1);
  auto history = Asked<v1::HistoryRequest>();
  history.set_view("wards");
  history.set_from("2026-01-01");
  history.set_to("2026-01-03");
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult steps, service_->History(history));
  EXPECT_EQ(steps.redacted().count(), 1);
}

}  // namespace
}  // namespace annals
