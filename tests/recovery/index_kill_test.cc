// A writer that is killed in the middle of its work, while projections follow it:
// the index goes on where what it stored ends, and answers as one that is built
// anew.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"
#include "tests/testing/projection_watch.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

constexpr int kRounds = 20;
constexpr uint64_t kMostCommits = 40;  // That a child makes before it is killed.

using Engine = std::mt19937_64;

IndexOptions TinyIndex(size_t stored_contributions) {
  return {.page_cache_bytes = size_t{4} << 10,
          .small_scan_contributions = 0,
          .stored_contributions = stored_contributions,
          .building_contributions = 5,
          .merges = {.fan = 2, .tail_points = 3, .stored_points = 9},
          .shape = {.page_entries = 4, .leaf_points_log2 = 2, .flat_leaves = 2}};
}

// Visitors and ships at a few lighthouses; a third correct what came before.
v1::Event RandomEvent(uint64_t position, Engine* random) {
  v1::Event event;
  event.set_id(absl::StrCat("e", position));
  event.set_stream("logbook");
  event.set_occurred(absl::StrCat("2020-0", 1 + (*random)() % 9));
  event.set_published(absl::StrCat("202", 1 + (*random)() % 4));
  const std::string lighthouse = absl::StrCat("rock-", (*random)() % (1 + (*random)() % 8));
  if ((*random)() % 2 == 0) {
    lighthouses::v1::VisitorsCame visit;
    visit.set_coast("west");
    visit.set_lighthouse(lighthouse);
    visit.add_parties()->set_lower(static_cast<int64_t>((*random)() % 90));
    visit.add_nations(absl::StrCat("nation-", (*random)() % 9));
    event.mutable_payload()->PackFrom(visit);
  } else {
    lighthouses::v1::ShipsSighted sighted;
    sighted.set_coast("west");
    sighted.set_lighthouse(lighthouse);
    sighted.add_ships(absl::StrCat("ship-", (*random)() % 12));
    event.mutable_payload()->PackFrom(sighted);
  }
  if (position > 2 && (*random)() % 3 == 0) {
    v1::Correction* correction = event.mutable_correction();
    correction->set_kind(v1::Correction::SUPERSEDES);
    correction->set_reason("the logbook was misread");
    correction->set_editor("harbour-office");
    correction->add_targets(absl::StrCat("e", 2 + (*random)() % (position - 2)));
  }
  return event;
}

class IndexKillTest : public ::testing::Test {
 protected:
  IndexKillTest() : domains_({watch_.Watched(testing::LighthousesDomain())}) {}

  absl::Status Open(size_t stored_contributions) {
    auto store = Store::Open(path(), &domains_, {.index = TinyIndex(stored_contributions)});
    if (store.ok()) store_ = *std::move(store);
    return store.status();
  }

  std::string path() const { return folder_.path() + "/store"; }
  uint64_t Head() const { return store_->log().GetHead("t")->position.value; }

  // As the first event, which nothing corrects.
  void CreateTimeline() {
    ASSERT_OK(Store::Create(path()));
    ASSERT_OK(Open(1));
    v1::TimelineCreated created;
    created.set_title("Lighthouses");
    created.set_home_zone("UTC");
    created.set_domain("lighthouses");
    v1::Event event;
    event.set_id("e1");
    event.set_stream("timeline");
    event.mutable_payload()->PackFrom(created);
    ASSERT_OK(store_->log().Append({.timeline = "t", .events = {event}}));
    ASSERT_OK(store_->projections().WaitFor("t", {1}));
    store_ = nullptr;
  }

  // Appends until it is killed; tells of each commit.
  [[noreturn]] void RunChild(size_t stored_contributions, uint64_t seed, int pipe) {
    if (!Open(stored_contributions).ok()) ::_exit(1);
    Engine random(seed);
    for (uint64_t head = Head();;) {
      AppendRequest request = {.timeline = "t"};
      for (uint64_t more = 1 + random() % 5; more > 0; --more) {
        request.events.push_back(RandomEvent(++head, &random));
      }
      if (!store_->log().Append(request).ok()) ::_exit(2);
      if (::write(pipe, "+", 1) != 1) ::_exit(3);
    }
  }

  // Kills a child after so many commits.
  void RunRound(size_t stored_contributions, uint64_t seed, uint64_t commits) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      RunChild(stored_contributions, seed, ends[1]);
    }
    ::close(ends[1]);
    char one;
    for (uint64_t told = 0; ::read(ends[0], &one, 1) == 1;) {
      if (++told == commits) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with " << WEXITSTATUS(status);
  }

  // All that the index says at one as-of.
  void Describe(const Slice& slice, std::string* text) const {
    ASSERT_OK_AND_ASSIGN(const TemporalIndex* index, store_->projections().Index("t"));
    ASSERT_OK_AND_ASSIGN(const auto tallies, index->Tallies(testing::VisitorsMeasure(), {}, slice));
    for (const TallyRow& row : tallies) {
      absl::StrAppend(text, row.key[1], ": ", ToString(row.sum), "\n");
    }
    for (const MeasureRef& measure : {testing::NationsMeasure(), testing::ShipsMeasure()}) {
      ASSERT_OK_AND_ASSIGN(const auto sets, index->Sets(measure, {}, slice));
      for (const SetRow& row : sets) {
        absl::StrAppend(text, row.key.back(), ": ", row.members, " members\n");
      }
      ASSERT_OK_AND_ASSIGN(const auto contributors,
                           index->Contributors(measure, {}, slice, {0}, 1'000'000));
      for (const Position position : contributors) absl::StrAppend(text, position.value, " ");
    }
  }

  // In both worlds, at each month and year in which something happened or became
  // known, as of the head and somewhat earlier.
  std::string Answers() const {
    std::string text;
    constexpr int64_t kMonth = int64_t{30} * 86400 * 1000000;
    constexpr int64_t kStart = 1'577'836'800'000'000;  // 2020-01-01.
    for (const WorldKind world : kWorlds) {
      for (int64_t month = 1; month < 11; month += 4) {
        for (int64_t year = 1; year <= 5; ++year) {
          for (const uint64_t before : {0, 3}) {
            absl::StrAppend(&text, "\nmonth ", month, ", year ", year, ", -", before, "\n");
            Describe({world,
                      {kStart + month * kMonth},
                      {kStart + (12 * year + 6) * kMonth},
                      {Head() - before}},
                     &text);
          }
        }
      }
    }
    return text;
  }

  testing::TemporaryDirectory folder_;
  testing::ProjectionWatch watch_;
  const std::vector<Domain> domains_;
  std::unique_ptr<Store> store_;
};

TEST_F(IndexKillTest, GoesOnWhereItWasAndAnswersAsIfBuiltAnew) {
  CreateTimeline();
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  Engine random(seed);
  const uint64_t projections = domains_.front().projections.size();
  const std::vector<size_t> stored = {1, 7, 100};
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const size_t stored_contributions = stored[random() % stored.size()];
    ASSERT_NO_FATAL_FAILURE(RunRound(stored_contributions, random(), 1 + random() % kMostCommits));

    const uint64_t beginnings = watch_.beginnings();
    ASSERT_OK(Open(stored_contributions));
    ASSERT_OK(store_->projections().WaitFor("t", {Head()}));
    const std::string recovered = Answers();
    ASSERT_EQ(watch_.beginnings(), beginnings) << "it was built anew";
    ASSERT_THAT(recovered, ::testing::HasSubstr(" members"));

    ASSERT_OK(store_->projections().Rebuild("t", [](Position, Position) {}));
    ASSERT_EQ(watch_.beginnings(), beginnings + projections);
    ASSERT_EQ(Answers(), recovered);
    store_ = nullptr;
  }
}

}  // namespace
}  // namespace annals
