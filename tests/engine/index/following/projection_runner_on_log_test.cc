// The runner on the real log: what one promises is what the other relies on.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/index/following/projection_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.
using ::testing::ElementsAre;

const MeasureRef kTexts = {"notes", "texts"};

absl::Status ProjectNotes(const ProjectedEvent& event, Contributions* contributions) {
  const Note* note = event.As<Note>();
  if (note != nullptr) contributions->Member("texts", {event.event.stream()}, note->text());
  return absl::OkStatus();
}

class ProjectionRunnerOnLogTest : public LogFixture {
 protected:
  void SetUp() override {
    CreateTimeline();
    Start();
  }

  void TearDown() override { runner_ = nullptr; }

  void Start() {
    ASSERT_OK_AND_ASSIGN(runner_,
                         ProjectionRunner::Start({}, folder().database(), &log(), &types_,
                                                 [this](absl::string_view) {
                                                   return std::vector<const Projection*>{&notes_};
                                                 }));
  }

  void RestartAll() {
    runner_ = nullptr;
    ASSERT_OK(Reopen());
    Start();
  }

  std::vector<std::string> Texts(const Slice& slice) {
    const auto head = log().GetHead("t");
    EXPECT_OK(head);
    EXPECT_OK(runner_->WaitFor("t", head->position));
    const auto index = runner_->Index("t");
    EXPECT_OK(index);
    const auto members = (*index)->Members(kTexts, {"s"}, slice, "", 1000);
    EXPECT_OK(members);
    return members.ok() ? *members : std::vector<std::string>();
  }

  const Projection notes_ = {.name = "notes",
                             .measures = {{"texts", MeasureKind::kSet, {"stream"}}},
                             .project = ProjectNotes};
  std::unique_ptr<ProjectionRunner> runner_;
};

v1::Event Dated(v1::Event event, const std::string& occurred, const std::string& published) {
  event.set_occurred(occurred);
  event.set_published(published);
  return event;
}

v1::Event Correcting(v1::Event event, v1::Correction::Kind kind, const std::string& target) {
  event.mutable_correction()->set_kind(kind);
  event.mutable_correction()->add_targets(target);
  event.mutable_correction()->set_reason("the source was corrected");
  event.mutable_correction()->set_editor("editor");
  return event;
}

// "Captured, some time by 8 January", refined to "on 3 January"; then the
// refinement is withdrawn.
TEST_F(ProjectionRunnerOnLogTest, ARefinementAndItsRetractionInBothWorlds) {
  ASSERT_OK(Append({Dated(MakeNote("vague", "s", "by the 8th"), "[..2026-01-08]", "2026-01-08")}));
  ASSERT_OK(
      Append({Correcting(Dated(MakeNote("exact", "s", "on the 3rd"), "2026-01-03", "2026-01-10"),
                         v1::Correction::SUPERSEDES, "vague")}));
  const Slice on_the_9th = {.known = January(9)};
  const Slice on_the_12th = {.known = January(12)};
  EXPECT_THAT(Texts(on_the_9th), ElementsAre("by the 8th"));
  EXPECT_THAT(Texts(on_the_12th), ElementsAre("on the 3rd"));

  v1::Event retraction = Dated(MakeNote("back", "s"), "", "2026-01-14");
  retraction.clear_payload();
  ASSERT_OK(Append({Correcting(retraction, v1::Correction::RETRACTS, "exact")}));
  EXPECT_THAT(Texts(on_the_12th), ElementsAre("on the 3rd"));
  EXPECT_THAT(Texts({}), ElementsAre("by the 8th"));
  EXPECT_THAT(Texts({.world = WorldKind::kPossible, .known = January(14)}),
              ElementsAre("by the 8th"));
  EXPECT_THAT(Texts({.position = {3}}), ElementsAre("on the 3rd"));
  RestartAll();
  EXPECT_THAT(Texts({}), ElementsAre("by the 8th"));
  ASSERT_OK(runner_->Rebuild("t", nullptr));
  EXPECT_THAT(Texts({}), ElementsAre("by the 8th"));
  EXPECT_THAT(Texts({.position = {3}}), ElementsAre("on the 3rd"));
}

TEST_F(ProjectionRunnerOnLogTest, EachOfManyWritersSeesItsOwnWrites) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 20; ++i) {
        const std::string name = std::to_string(w) + "-" + std::to_string(i);
        const auto receipts = Append({MakeNote(name, "s", name)});
        ASSERT_OK(receipts);
        ASSERT_OK(runner_->WaitFor("t", receipts->front().position));
        const auto index = runner_->Index("t");
        ASSERT_OK(index);
        const auto mine = (*index)->Contributors(kTexts, {"s", name}, {}, Position{0}, 10);
        ASSERT_OK(mine);
        EXPECT_THAT(*mine, ElementsAre(receipts->front().position));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Texts({}).size(), 80);
}

}  // namespace
}  // namespace annals
