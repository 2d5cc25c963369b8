#include "engine/log/appending/event_validation.h"

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/log/append.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

v1::Event Complete() {
  v1::Event event;
  event.set_id("id-1");
  event.set_stream("prison/el-helicoide");
  event.mutable_payload()->set_type_url("type.googleapis.com/a.B");
  event.set_asserter("foro-penal");
  event.add_attribution("el-nacional");
  v1::Citation* const citation = event.add_citations();
  citation->set_source("x");
  citation->set_sha256(std::string(64, '0'));
  citation->set_locator("paragraph 3");
  citation->set_paraphrase("He said: “¡No!”\nTwice.");
  v1::Correction* const correction = event.mutable_correction();
  correction->set_kind(v1::Correction::SUPERSEDES);
  correction->add_targets("other");
  correction->set_reason("refined");
  correction->set_editor("an-editor");
  event.set_correlation_id("a free text");
  (*event.mutable_metadata())["key"] = "any value";
  return event;
}

using Change = std::function<void(v1::Event*)>;

absl::Status Validate(const Change& change) {
  v1::Event event = Complete();
  change(&event);
  return ValidateEvent(event, Provenance::kStated);
}

void ExpectRefused(const Change& change, StatusCode code, const std::string& message) {
  EXPECT_THAT(Validate(change), StatusIs(code, HasSubstr(message)));
}

void ExpectInvalid(const Change& change, const std::string& message) {
  ExpectRefused(change, StatusCode::kInvalidArgument, message);
}

void ExpectTooMuch(const Change& change, const std::string& message) {
  ExpectRefused(change, StatusCode::kResourceExhausted, message);
}

TEST(EventValidationTest, CompleteEventPasses) {
  EXPECT_OK(Validate([](v1::Event*) {}));
  EXPECT_OK(Validate([](v1::Event* e) { e->clear_id(); }));
  EXPECT_OK(Validate([](v1::Event* e) { e->set_id("año-2026/🕊"); }));
}

TEST(EventValidationTest, IdsHaveAForm) {
  ExpectInvalid([](v1::Event* e) { e->set_id("a b"); }, "id \"a b\"");
  ExpectInvalid([](v1::Event* e) { e->set_id("a\n"); }, "invisible");
  ExpectInvalid([](v1::Event* e) { e->set_id("a\u200bb"); }, "invisible");
  ExpectInvalid([](v1::Event* e) { e->set_id("a\u00a0b"); }, "space");
  ExpectInvalid([](v1::Event* e) { e->set_id("\xff"); }, "id \"\\xff\": is not UTF-8");
  ExpectInvalid([](v1::Event* e) { e->set_id("\xc0\x80"); }, "UTF-8");
  ExpectInvalid([](v1::Event* e) { e->set_id("\xed\xa0\x80"); }, "UTF-8");
  ExpectInvalid([](v1::Event* e) { e->clear_stream(); }, "stream: is missing");
  ExpectInvalid([](v1::Event* e) { e->set_stream("a b"); }, "stream");
  EXPECT_OK(Validate([](v1::Event* e) { e->set_id(std::string(200, 'x')); }));
  ExpectTooMuch([](v1::Event* e) { e->set_id(std::string(201, 'x')); }, "201 bytes");
  ExpectTooMuch([](v1::Event* e) { e->set_stream(std::string(201, 'x')); }, "stream");
}

TEST(EventValidationTest, PersonsAndBodiesAreInLowerCase) {
  ExpectInvalid([](v1::Event* e) { e->set_asserter("Foro-Penal"); }, "asserter");
  ExpectInvalid([](v1::Event* e) { e->set_attribution(0, "Él"); }, "attribution");
  ExpectInvalid([](v1::Event* e) { e->set_attribution(0, ""); }, "attribution: is missing");
  ExpectInvalid([](v1::Event* e) { e->mutable_correction()->set_editor("Me"); }, "editor");
  EXPECT_OK(Validate([](v1::Event* e) { e->set_asserter("comité-de-madres"); }));
}

TEST(EventValidationTest, PayloadIsRequiredUnlessTheEventRetracts) {
  ExpectInvalid(
      [](v1::Event* e) {
        e->clear_payload();
        e->clear_correction();
      },
      "payload: is missing");
  ExpectInvalid([](v1::Event* e) { e->clear_payload(); }, "RETRACTS");
  EXPECT_OK(Validate([](v1::Event* e) {
    e->clear_payload();
    e->mutable_correction()->set_kind(v1::Correction::RETRACTS);
  }));
}

TEST(EventValidationTest, CorrectionsAreComplete) {
  const auto correction = [](const std::function<void(v1::Correction*)>& change) {
    return [change](v1::Event* e) { change(e->mutable_correction()); };
  };
  ExpectInvalid(correction([](v1::Correction* c) { c->clear_kind(); }), "correction: kind");
  ExpectInvalid(correction([](v1::Correction* c) { c->set_kind(v1::Correction::Kind(7)); }),
                "kind");
  ExpectInvalid(correction([](v1::Correction* c) { c->clear_targets(); }), "at least one");
  ExpectInvalid(correction([](v1::Correction* c) { c->add_targets("other"); }), "listed twice");
  ExpectInvalid(correction([](v1::Correction* c) { c->add_targets("id-1"); }), "itself");
  ExpectInvalid(correction([](v1::Correction* c) { c->add_targets("a b"); }), "target \"a b\"");
  ExpectInvalid(correction([](v1::Correction* c) { c->clear_reason(); }), "reason: is missing");
  ExpectInvalid(correction([](v1::Correction* c) { c->clear_editor(); }), "editor: is missing");
  const auto with_targets = [&](int count) {
    return correction([count](v1::Correction* c) {
      c->clear_targets();
      for (int i = 0; i < count; ++i) c->add_targets(absl::StrCat("t", i));
    });
  };
  EXPECT_OK(Validate(with_targets(1'000)));
  ExpectTooMuch(with_targets(1'001), "targets: has 1001 entries");
}

TEST(EventValidationTest, CitationsHaveAForm) {
  ExpectInvalid([](v1::Event* e) { e->mutable_citations(0)->clear_source(); },
                "citation 1: source: is missing");
  for (const std::string& hash : {std::string(63, 'a'), std::string(64, 'A'), std::string("x")}) {
    ExpectInvalid([&](v1::Event* e) { e->mutable_citations(0)->set_sha256(hash); },
                  "64 lower-case hex digits");
  }
  ExpectInvalid([](v1::Event* e) { e->mutable_citations(0)->set_locator("\xff"); }, "locator");
  ExpectInvalid([](v1::Event* e) { e->mutable_citations(0)->set_paraphrase("\xff"); },
                "paraphrase");
}

TEST(EventValidationTest, FreeTextsAreUtf8AndBounded) {
  ExpectInvalid([](v1::Event* e) { e->set_correlation_id("\xff"); }, "correlation_id");
  ExpectTooMuch([](v1::Event* e) { e->set_causation_id(std::string(201, 'x')); }, "causation_id");
  ExpectInvalid([](v1::Event* e) { (*e->mutable_metadata())["k"] = "\xff"; }, "metadata");
  ExpectInvalid([](v1::Event* e) { (*e->mutable_metadata())["a b"] = ""; }, "metadata key");
  ExpectTooMuch([](v1::Event* e) { (*e->mutable_metadata())["k"] = std::string(65'536, 'x'); },
                "metadata: has");
  ExpectTooMuch(
      [](v1::Event* e) {
        for (int i = 0; i < 101; ++i) (*e->mutable_metadata())[absl::StrCat(i)] = "";
      },
      "metadata");
}

TEST(EventValidationTest, EventsAreBounded) {
  ExpectTooMuch([](v1::Event* e) { e->mutable_payload()->set_value(std::string(1 << 20, 'x')); },
                "1048576");
}

TEST(EventValidationTest, UnknownFieldsAreRefused) {
  const auto add = [](google::protobuf::Message* message) {
    message->GetReflection()->MutableUnknownFields(message)->AddVarint(999, 1);
  };
  ExpectInvalid([&](v1::Event* e) { add(e); }, "unknown field 999 in the event");
  ExpectInvalid([&](v1::Event* e) { add(e->mutable_payload()); },
                "unknown field 999 in the payload");
  ExpectInvalid([&](v1::Event* e) { add(e->mutable_citations(0)); },
                "unknown field 999 in the citation");
  ExpectInvalid([&](v1::Event* e) { add(e->mutable_correction()); },
                "unknown field 999 in the correction");
}

TEST(EventValidationTest, EveryAssignedFieldIsRefusedInAStatedEvent) {
  const auto refused = [](const Change& change, const std::string& field) {
    EXPECT_THAT(Validate(change), StatusIs(StatusCode::kInvalidArgument,
                                           AllOf(StartsWith(field), HasSubstr("annals load"))));
  };
  refused([](v1::Event* e) { e->set_revision(1); }, "revision");
  refused([](v1::Event* e) { e->set_position(1); }, "position");
  refused([](v1::Event* e) { e->mutable_recorded_at(); }, "recorded_at");
  refused([](v1::Event* e) { e->mutable_occurred_bounds(); }, "occurred_bounds");
  refused([](v1::Event* e) { e->mutable_known_bounds(); }, "known_bounds");
  refused([](v1::Event* e) { e->set_payload_salt("0123456789abcdef"); }, "payload_salt");
  refused([](v1::Event* e) { e->set_payload_commitment("x"); }, "payload_commitment");
  refused([](v1::Event* e) { e->mutable_correction()->add_target_positions(1); },
          "correction.target_positions");
}

TEST(EventLabelTest, NamesNumberAndId) {
  EXPECT_EQ(EventLabel(3, "capture"), "event 3 \"capture\"");
  EXPECT_EQ(EventLabel(3, ""), "event 3");
  EXPECT_EQ(EventLabel(1, "\xff\n"), "event 1 \"\\xff\\n\"");
}

}  // namespace
}  // namespace annals
