#include "engine/query/store.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/query/json/json.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/shipwrecks/shipwrecks.pb.h"
#include "tests/testing/shipwrecks/shipwrecks_domain.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::CrewListed;
using ::annals::testing::FakeClock;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Retraction;
using ::annals::testing::ShipSunk;
using ::annals::testing::Shipwrecks;
using ::annals::testing::StatusIs;
using ::annals::testing::Superseding;
using ::annals::testing::WithId;
using ::annals::testing::WreckFound;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTimeline[] = "north-sea-1931";

v1::Event TimelineCreated() {
  v1::TimelineCreated created;
  created.set_title("Ships lost in the North Sea");
  created.set_home_zone("Europe/Amsterdam");
  created.set_domain("shipwrecks");
  v1::Event event = WithId(v1::Event(), "created");
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return event;
}

v1::Event SourceRegistered(const std::string& id, const std::string& published) {
  v1::SourceRegistered source;
  source.set_source(id);
  source.set_title("The " + id);
  source.set_published(published);
  v1::Event event = WithId(v1::Event(), "source-" + id);
  event.set_stream("source/" + id);
  event.mutable_payload()->PackFrom(source);
  return event;
}

v1::Event Cited(v1::Event event, const std::string& source) {
  event.add_citations()->set_source(source);
  return event;
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() : folder_(directory_.path() + "/store"), domains_({Shipwrecks()}) {}

  void SetUp() override {
    ASSERT_OK(Store::Create(folder_));
    Open();
  }

  void Open() {
    auto store = Store::Open(folder_, &domains_, {.clock = &clock_});
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  void Append(std::vector<v1::Event> events) {
    ASSERT_OK(store_->log().Append({.timeline = kTimeline, .events = std::move(events)}));
  }

  // What becomes known, month by month, of two ships.
  void TellTheStory() {
    Append({TimelineCreated(), SourceRegistered("courant", "1931-03-02")});
    Append({WithId(ShipSunk("rose", "north", 20, 30, {"[1931-02-20..1931-02-28]", "1931-03-01"}),
                   "rose-lost"),
            Cited(WithId(ShipSunk("star", "channel", 8, 8, {"1931-02-25", ""}), "star-lost"),
                  "courant"),
            WithId(CrewListed("rose", {"Jan Jansen", "Zoë Müller"}, {"1931-02", "1931-03-05"}),
                   "rose-crew"),
            WithId(CrewListed("rose", {"Zoë Müller", "Piet de Boer"}, {"1931-02", "1931-04-05"}),
                   "rose-crew-2")});
    Append({WithId(Superseding(ShipSunk("rose", "north", 24, 24, {"1931-02-22", "1931-05-01"}),
                               "rose-lost"),
                   "rose-exact"),
            WithId(WreckFound("star", true, {"1931-06", "1931-07-01"}), "star-found"),
            WithId(Retraction({"star-found"}, {"1931-08-01", "1931-08-01"}), "star-not-found")});
  }

  PinnedAsOf Pin(const AsOfQuestion& question) {
    const auto pinned = store_->queries().Pin(kTimeline, question);
    EXPECT_OK(pinned);
    return pinned.ok() ? *pinned : PinnedAsOf();
  }

  template <typename Answer>
  std::string Json(const absl::StatusOr<Answer>& answer) {
    EXPECT_OK(answer);
    return answer.ok() ? AnswerToJson(*answer, HomeZone(), {}) : "";
  }

  // Every verb's answer to a fixed list of questions.
  std::vector<std::string> AskEverything() {
    const QueryEngine& queries = store_->queries();
    std::vector<std::string> answers;
    const std::vector<AsOfQuestion> questions = {{},
                                                 {.known = "1931-03-31"},
                                                 {.known = "1931-07-31"},
                                                 {.valid = "1931-02-22"},
                                                 {.position = 4},
                                                 {.position = 0}};
    for (const char* view : {"losses", "ships"}) {
      std::vector<PinnedAsOf> steps;
      for (const AsOfQuestion& question : questions) {
        steps.push_back(Pin(question));
        answers.push_back(Json(queries.AsOf(kTimeline, view, steps.back())));
        answers.push_back(Json(queries.Diff(kTimeline, view, steps.front(), steps.back())));
        const auto why = queries.Why(kTimeline, view, {}, steps.back(), {}, 100);
        EXPECT_OK(why);
        for (const v1::WhyResult& row : *why) answers.push_back(AnswerToJson(row, HomeZone(), {}));
      }
      answers.push_back(Json(queries.History(kTimeline, view, steps)));
    }
    for (const EventFilter& filter :
         {EventFilter{}, EventFilter{.type = "ShipSunk"}, EventFilter{.stream = "ship/"},
          EventFilter{.source = "courant"}, EventFilter{.text = "zoe muller"}}) {
      answers.push_back(Json(queries.Timeline(kTimeline, filter, Pin({}))));
    }
    return answers;
  }

  const annals::testing::TemporaryDirectory directory_;
  const std::string folder_;
  FakeClock clock_{At("1932-01-01T00:00:00Z")};
  std::vector<Domain> domains_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, AnswersWhatWasJustAppended) {
  TellTheStory();
  ASSERT_OK_AND_ASSIGN(const v1::ViewResult now,
                       store_->queries().AsOf(kTimeline, "losses", Pin({})));
  EXPECT_EQ(now.as_of().position(), 9);
  ASSERT_EQ(now.rows_size(), 2);
  const v1::Cell& north = now.rows(1).cells().at("lost");
  EXPECT_EQ(north.certain().quantity().lower(), 24);
  EXPECT_EQ(north.evidence(0).event(), "rose-exact");

  ASSERT_OK_AND_ASSIGN(const v1::ViewResult march,
                       store_->queries().AsOf(kTimeline, "losses",
                                              Pin({.valid = "1931-02-24", .known = "1931-03-31"})));
  ASSERT_EQ(march.rows_size(), 1) << "the star was lost on the 25th";
  EXPECT_FALSE(march.rows(0).cells().at("lost").has_certain());
  EXPECT_EQ(march.rows(0).cells().at("lost").possible().quantity().upper(), 30);
}

TEST_F(StoreTest, ATallyARegisterAndASetAnswerTogether) {
  TellTheStory();
  ASSERT_OK_AND_ASSIGN(const v1::ViewResult ships,
                       store_->queries().AsOf(kTimeline, "ships", Pin({.known = "1931-07-31"})));
  ASSERT_EQ(ships.rows_size(), 2);
  const auto& rose = ships.rows(0).cells();
  EXPECT_EQ(rose.at("sunk").certain().date().edtf(), "1931-02-22");
  EXPECT_EQ(rose.at("crew").certain().quantity().lower(), 3) << "Zoë counts once";
  EXPECT_EQ(rose.at("sea").certain().text(), "north");
  EXPECT_FALSE(rose.at("intact").has_possible());
  const auto& star = ships.rows(1).cells();
  EXPECT_TRUE(star.at("intact").certain().flag());
  EXPECT_EQ(star.at("sea").evidence(0).citations(0).source(), "courant");

  ASSERT_OK_AND_ASSIGN(const v1::ViewResult later,
                       store_->queries().AsOf(kTimeline, "ships", Pin({})));
  EXPECT_FALSE(later.rows(1).cells().at("intact").has_certain()) << "retracted in August";
}

TEST_F(StoreTest, DiffTellsTheWorldFromWhatWeLearned) {
  TellTheStory();
  ASSERT_OK_AND_ASSIGN(const v1::DiffResult diff,
                       store_->queries().Diff(kTimeline, "losses",
                                              Pin({.valid = "1931-02-21", .known = "1931-04-30"}),
                                              Pin({.valid = "1931-12-31", .known = "1931-12-31"})));
  std::vector<std::string> changes;
  for (const v1::Change& change : diff.changes()) {
    changes.push_back(absl::StrCat(v1::Change::Cause_Name(change.cause()), " ",
                                   change.key().at("sea"), " ", v1::World_Name(change.world()), " ",
                                   change.before().quantity().lower(), " ",
                                   change.after().quantity().lower()));
  }
  EXPECT_THAT(changes,
              ElementsAre("WORLD_CHANGED channel CERTAIN 0 8", "WORLD_CHANGED channel POSSIBLE 0 8",
                          "WORLD_CHANGED north CERTAIN 0 20", "LEARNED north CERTAIN 20 24",
                          "LEARNED north POSSIBLE 20 24"));
}

TEST_F(StoreTest, TheTimelineTellsWhatWasCorrectedByWhat) {
  TellTheStory();
  ASSERT_OK_AND_ASSIGN(const v1::EventList list,
                       store_->queries().Timeline(kTimeline, {.stream = "ship/"}, Pin({})));
  std::vector<std::string> lines;
  for (const v1::ListedEvent& listed : list.events()) {
    std::string line = listed.event().id();
    for (const uint64_t by : listed.corrected_by()) absl::StrAppend(&line, " by ", by);
    lines.push_back(line);
  }
  EXPECT_THAT(lines, ElementsAre("rose-crew", "rose-crew-2", "rose-lost by 7", "rose-exact",
                                 "star-lost", "star-found by 9"));
}

TEST_F(StoreTest, EveryAnswerIsTheSameAfterOpeningAgain) {
  TellTheStory();
  const std::vector<std::string> before = AskEverything();
  store_.reset();
  Open();
  EXPECT_EQ(AskEverything(), before);
  ASSERT_OK(store_->projections().Rebuild(kTimeline, [](Position, Position) {}));
  EXPECT_EQ(AskEverything(), before);
}

TEST_F(StoreTest, APinnedAnswerStaysThoughTheHistoryGrows) {
  TellTheStory();
  const PinnedAsOf pinned = Pin({});
  const std::string before = Json(store_->queries().AsOf(kTimeline, "ships", pinned));
  Append({ShipSunk("gull", "north", 3, 3, {"1931-01-05", "1931-01-06"})});
  EXPECT_EQ(Json(store_->queries().AsOf(kTimeline, "ships", pinned)), before);
  EXPECT_NE(Json(store_->queries().AsOf(kTimeline, "ships", Pin({}))), before);
}

TEST_F(StoreTest, EventsReadBackFromTheirJson) {
  TellTheStory();
  for (uint64_t position = 1; position <= 9; ++position) {
    ASSERT_OK_AND_ASSIGN(const v1::Event event, store_->log().Read(kTimeline, {position}));
    ASSERT_OK_AND_ASSIGN(const std::string json, EventToJson(event, {}));
    ASSERT_OK_AND_ASSIGN(const v1::Event read, EventFromJson(json));
    EXPECT_EQ(read.SerializeAsString(), event.SerializeAsString()) << json;
  }
}

TEST_F(StoreTest, UnknownNamesAreAnsweredWithThoseThereAre) {
  TellTheStory();
  EXPECT_THAT(
      store_->queries().Pin("north-see", {}),
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("north-see"), HasSubstr(kTimeline))));
  EXPECT_THAT(store_->queries().AsOf(kTimeline, "ship", Pin({})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean \"ships\"?")));
  EXPECT_THAT(store_->queries().Why(kTimeline, "ships", {"Rosé"}, Pin({}), {}, 1),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("near it are \"rose\"")));
  EXPECT_THAT(store_->queries().Pin(kTimeline, {.position = 10}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 10")));
}

TEST_F(StoreTest, IsHeldByOneAtATime) {
  EXPECT_THAT(Store::Open(folder_, &domains_, {.clock = &clock_}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(folder_)));
}

TEST_F(StoreTest, CreatesNothingWhereSomethingIs) {
  EXPECT_THAT(Store::Create(folder_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(folder_)));
  const std::string other = directory_.path() + "/other";
  std::filesystem::create_directory(other);
  std::ofstream(other + "/letter.txt") << "dear";
  EXPECT_THAT(Store::Create(other),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(other)));
  EXPECT_THAT(Store::Open(directory_.path() + "/none", &domains_, {.clock = &clock_}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

TEST_F(StoreTest, RefusesDomainsThatClash) {
  store_.reset();
  domains_ = {Shipwrecks(), Shipwrecks()};
  EXPECT_THAT(Store::Open(folder_, &domains_, {.clock = &clock_}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("two domains share the name \"shipwrecks\"")));
  domains_[1].name = "more-shipwrecks";
  EXPECT_THAT(
      Store::Open(folder_, &domains_, {.clock = &clock_}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two projections share the name")));
  domains_ = {Domain{.types = {shipwrecks::v1::ShipSunk::descriptor()}}};
  EXPECT_THAT(Store::Open(folder_, &domains_, {.clock = &clock_}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has event types")));
}

TEST_F(StoreTest, AViewOfEveryTimelineServesThisOneToo) {
  store_.reset();
  Domain everywhere;
  everywhere.views = {View{.name = "nothing",
                           .columns = {KeyColumn("k"), FlagColumn("f")},
                           .evaluate = [](const World&) {
                             return absl::StatusOr<std::vector<WorldRow>>(std::vector<WorldRow>());
                           }}};
  domains_ = {everywhere, Shipwrecks()};
  Open();
  TellTheStory();
  EXPECT_OK(store_->queries().AsOf(kTimeline, "nothing", Pin({})));
  ASSERT_OK_AND_ASSIGN(const auto views, store_->queries().Views(kTimeline));
  EXPECT_EQ(views.size(), 3);
}

}  // namespace
}  // namespace annals
