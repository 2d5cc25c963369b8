#include "engine/feed/view_changes.h"

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/timestamp.h"
#include "engine/log/record.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/shipwrecks/shipwrecks_domain.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"
#include "tests/timelines/bundled_timeline.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::BundledTimeline;
using ::annals::testing::FakeClock;
using ::annals::testing::ShipSunk;
using ::annals::testing::Shipwrecks;
using ::annals::testing::StatusIs;
using ::annals::testing::Superseding;
using ::annals::testing::WithId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kVenezuela[] = "venezuela-2026";

// A view's cells that have a value: "column world" → value, by the row's key.
using Cells = std::map<std::string, std::string>;
using Table = std::map<std::string, Cells>;

std::string KeyText(const google::protobuf::Map<std::string, std::string>& key) {
  const std::map<std::string, std::string> sorted(key.begin(), key.end());
  return absl::StrJoin(sorted, " ", absl::PairFormatter("="));
}

std::string CellName(const std::string& column, v1::World world) {
  return absl::StrCat(column, " ", v1::World_Name(world));
}

Table TableOf(const v1::ViewResult& result) {
  Table table;
  for (const v1::Row& row : result.rows()) {
    Cells& cells = table[KeyText(row.key())];
    for (const auto& [column, cell] : row.cells()) {
      if (cell.has_certain()) {
        cells[CellName(column, v1::CERTAIN)] = cell.certain().ShortDebugString();
      }
      if (cell.has_possible()) {
        cells[CellName(column, v1::POSSIBLE)] = cell.possible().ShortDebugString();
      }
    }
  }
  return table;
}

// Makes the table what it is after the change. What the change says was there must
// have been there.
void Apply(const v1::RowChange& change, Table* table) {
  const std::string key = KeyText(change.key());
  ASSERT_EQ(table->contains(key), change.kind() != v1::RowChange::ADDED) << key;
  Cells& cells = (*table)[key];
  for (const v1::CellChange& cell : change.cells()) {
    const std::string name = CellName(cell.column(), cell.world());
    ASSERT_EQ(cells.contains(name), cell.has_before()) << key << " " << name;
    if (cell.has_before()) {
      ASSERT_EQ(cells.at(name), cell.before().ShortDebugString());
    }
    cells.erase(name);
    if (cell.has_after()) cells[name] = cell.after().ShortDebugString();
  }
  if (change.kind() != v1::RowChange::REMOVED) return;
  ASSERT_TRUE(cells.empty()) << key;
  table->erase(key);
}

std::string Text(const v1::ViewFeedItem& item) { return item.ShortDebugString(); }

class BundledChangesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto loaded = BundledTimeline::Load();
    ASSERT_OK(loaded);
    bundled_ = loaded->release();
  }
  static void TearDownTestSuite() { delete bundled_; }

  static const QueryEngine& queries() { return bundled_->store().queries(); }
  static EventLog& log() { return bundled_->store().log(); }
  static uint64_t Head() { return log().GetHead(kVenezuela)->position.value; }

  static std::vector<std::string> ViewNames() {
    const auto views = queries().Views(kVenezuela);
    EXPECT_OK(views);
    std::vector<std::string> names;
    for (const View* const view : *views) names.push_back(view->name);
    return names;
  }

  static std::unique_ptr<ViewChanges> Open(const std::string& view, uint64_t after,
                                           const std::string& date = "") {
    v1::SubscribeViewRequest request;
    request.set_timeline(kVenezuela);
    request.set_view(view);
    request.set_after(after);
    request.set_valid(date);
    request.set_known(date);
    auto changes = ViewChanges::Open(&queries(), &log(), request);
    EXPECT_OK(changes);
    return *std::move(changes);
  }

  // Every item up to the head.
  static std::vector<v1::ViewFeedItem> ReadAll(ViewChanges* changes) {
    std::vector<v1::ViewFeedItem> items;
    for (bool at_head = false; !at_head;) {
      const auto batch = changes->Next({});
      EXPECT_OK(batch);
      if (!batch.ok()) return items;
      at_head = batch->at_head;
      items.insert(items.end(), batch->items.begin(), batch->items.end());
    }
    return items;
  }

  // The changes alone, by position: checkpoints fall where batches end.
  static std::map<uint64_t, std::string> ChangesOf(const std::vector<v1::ViewFeedItem>& items) {
    std::map<uint64_t, std::string> changes;
    for (const v1::ViewFeedItem& item : items) {
      if (!item.has_change()) continue;
      const bool added = changes.emplace(item.change().position(), Text(item)).second;
      EXPECT_TRUE(added) << item.change().position() << " came twice";
    }
    return changes;
  }

  static BundledTimeline* bundled_;
};

BundledTimeline* BundledChangesTest::bundled_ = nullptr;

TEST_F(BundledChangesTest, AddUpToTheViewAsOfEachEventAndOfNow) {
  for (const std::string& view : ViewNames()) {
    SCOPED_TRACE(view);
    const auto changes = Open(view, 0);
    Table table;
    size_t seen = 0;
    while (changes->position().value < Head()) {
      const auto batch = changes->Next({.max_events = 7});
      ASSERT_OK(batch);
      for (const v1::ViewFeedItem& item : batch->items) {
        for (const v1::RowChange& row : item.change().rows()) Apply(row, &table);
        seen += item.change().rows_size();
      }
      ASSERT_OK_AND_ASSIGN(const v1::Event last, log().Read(kVenezuela, changes->position()));
      const Instant recorded = FromTimestamp(last.recorded_at());
      const auto answer =
          queries().AsOf(kVenezuela, view,
                         {.valid = recorded, .known = recorded, .position = changes->position()});
      ASSERT_OK(answer);
      ASSERT_EQ(table, TableOf(*answer)) << "at position " << changes->position().value;
    }
    EXPECT_GT(seen, 0);
    ASSERT_OK_AND_ASSIGN(const PinnedAsOf now, queries().Pin(kVenezuela, {}));
    const auto answer = queries().AsOf(kVenezuela, view, now);
    ASSERT_OK(answer);
    EXPECT_EQ(table, TableOf(*answer)) << "now";
  }
}

TEST_F(BundledChangesTest, AreThoseThatADiffAcrossTheEventFinds) {
  for (const std::string& view : ViewNames()) {
    for (const std::string date : {"2026-01-12", "2026-06-01"}) {
      SCOPED_TRACE(absl::StrCat(view, " as of ", date));
      ASSERT_OK_AND_ASSIGN(const PinnedAsOf pinned,
                           queries().Pin(kVenezuela, {.valid = date, .known = date}));
      const auto changes = Open(view, 1, date);
      std::map<uint64_t, std::multiset<std::string>> found;
      for (const v1::ViewFeedItem& item : ReadAll(changes.get())) {
        for (const v1::RowChange& row : item.change().rows()) {
          for (const v1::CellChange& cell : row.cells()) {
            found[item.change().position()].insert(absl::StrCat(
                KeyText(row.key()), " ", CellName(cell.column(), cell.world()), " ",
                cell.before().ShortDebugString(), " → ", cell.after().ShortDebugString()));
          }
        }
      }
      std::map<uint64_t, std::multiset<std::string>> expected;
      for (uint64_t p = 2; p <= Head(); ++p) {
        PinnedAsOf before = pinned;
        PinnedAsOf after = pinned;
        before.position = {p - 1};
        after.position = {p};
        ASSERT_OK_AND_ASSIGN(const v1::DiffResult diff,
                             queries().Diff(kVenezuela, view, before, after));
        for (const v1::Change& change : diff.changes()) {
          expected[p].insert(absl::StrCat(
              KeyText(change.key()), " ", CellName(change.column(), change.world()), " ",
              change.before().ShortDebugString(), " → ", change.after().ShortDebugString()));
        }
      }
      EXPECT_EQ(found, expected);
    }
  }
}

TEST_F(BundledChangesTest, AreTheSameHoweverTheyAreReadAndResumed) {
  std::mt19937 random(7);
  const std::string view = "releases";
  const auto whole = ChangesOf(ReadAll(Open(view, 0).get()));
  ASSERT_GT(whole.size(), 3);
  std::vector<v1::ViewFeedItem> items;
  uint64_t last = 0;
  while (last < Head()) {
    const auto changes = Open(view, last);
    for (unsigned i = 0; i < 1 + random() % 3; ++i) {
      const auto batch =
          changes->Next({.max_events = 1 + random() % 30, .max_rows = 1 + random() % 5});
      ASSERT_OK(batch);
      items.insert(items.end(), batch->items.begin(), batch->items.end());
    }
    last = changes->position().value;
  }
  EXPECT_EQ(ChangesOf(items), whole);
}

TEST_F(BundledChangesTest, RefusesWhatIsNotThere) {
  v1::SubscribeViewRequest request;
  request.set_timeline(kVenezuela);
  request.set_view("elsewhere");
  EXPECT_THAT(ViewChanges::Open(&queries(), &log(), request),
              StatusIs(StatusCode::kNotFound, HasSubstr("elsewhere")));
  request.set_view("releases");
  request.set_after(Head() + 1);
  EXPECT_THAT(ViewChanges::Open(&queries(), &log(), request),
              StatusIs(StatusCode::kOutOfRange, HasSubstr("beyond the head")));
  request.set_after(0);
  request.set_valid("2026-01-12");
  EXPECT_THAT(ViewChanges::Open(&queries(), &log(), request),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("together or not at all")));
  request.set_known("2026-13");
  EXPECT_THAT(ViewChanges::Open(&queries(), &log(), request),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("known")));
  request.set_timeline("nowhere");
  EXPECT_THAT(ViewChanges::Open(&queries(), &log(), request),
              StatusIs(StatusCode::kNotFound, HasSubstr("nowhere")));
}

// Ships that sink in 1931, told while the clock goes on.
class ShipChangesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(Store::Create(directory_.path() + "/store"));
    auto store = Store::Open(directory_.path() + "/store", &domains_, {.clock = &clock_});
    ASSERT_OK(store);
    store_ = *std::move(store);
    v1::TimelineCreated created;
    created.set_title("Ships");
    created.set_home_zone("UTC");
    created.set_domain("shipwrecks");
    v1::Event event = WithId(v1::Event(), "created");
    event.set_stream("timeline");
    event.mutable_payload()->PackFrom(created);
    Append(event);
  }

  void Append(const v1::Event& event) {
    ASSERT_OK(store_->log().Append({.timeline = "sea", .events = {event}}));
  }

  std::unique_ptr<ViewChanges> Follow(uint64_t after) {
    v1::SubscribeViewRequest request;
    request.set_timeline("sea");
    request.set_view("losses");
    request.set_after(after);
    auto changes = ViewChanges::Open(&store_->queries(), &store_->log(), request);
    EXPECT_OK(changes);
    return *std::move(changes);
  }

  static std::string ValueNumber(bool has, const v1::Value& value) {
    return has ? absl::StrCat(value.quantity().lower()) : "none";
  }

  // "3 rose-lost ADDED north certain none→20" and the like.
  static std::vector<std::string> Texts(const absl::StatusOr<ViewChangeBatch>& batch) {
    EXPECT_OK(batch);
    std::vector<std::string> texts;
    for (const v1::ViewFeedItem& item : batch->items) {
      if (item.has_checkpoint()) {
        texts.push_back(absl::StrCat("checkpoint ", item.checkpoint().position()));
      }
      if (item.has_caught_up()) texts.push_back(absl::StrCat("live ", item.caught_up().position()));
      for (const v1::RowChange& row : item.change().rows()) {
        std::string text =
            absl::StrCat(item.change().position(), " ", item.change().event(), " ",
                         v1::RowChange::Kind_Name(row.kind()), " ", row.key().begin()->second);
        for (const v1::CellChange& cell : row.cells()) {
          if (cell.world() != v1::CERTAIN) continue;
          absl::StrAppend(&text, " ", ValueNumber(cell.has_before(), cell.before()), "→",
                          ValueNumber(cell.has_after(), cell.after()));
        }
        texts.push_back(std::move(text));
      }
    }
    return texts;
  }

  testing::TemporaryDirectory directory_;
  FakeClock clock_{{-1'225'000'000'000'000}};  // In March 1931.
  const std::vector<Domain> domains_ = {Shipwrecks()};
  std::unique_ptr<Store> store_;
};

TEST_F(ShipChangesTest, SaysWhatNewsAndCorrectionsChange) {
  const auto changes = Follow(0);
  EXPECT_THAT(Texts(changes->Next({})), ElementsAre("live 1"));
  Append(WithId(ShipSunk("rose", "north", 20, 20, {"1931-02-20", ""}), "rose-lost"));
  EXPECT_THAT(Texts(changes->Next({})), ElementsAre("2 rose-lost ADDED north none→20"));
  EXPECT_THAT(Texts(changes->Next({})), ElementsAre());
  // A correction of old news is a change like any other.
  Append(WithId(Superseding(ShipSunk("rose", "north", 24, 24, {"1931-02-20", ""}), "rose-lost"),
                "rose-exact"));
  Append(WithId(ShipSunk("star", "channel", 8, 8, {"1931-02-25", ""}), "star-lost"));
  EXPECT_THAT(Texts(changes->Next({})),
              ElementsAre("3 rose-exact CHANGED north 20→24", "4 star-lost ADDED channel none→8"));
  EXPECT_THAT(Texts(Follow(2)->Next({})),
              ElementsAre("3 rose-exact CHANGED north 20→24", "4 star-lost ADDED channel none→8",
                          "live 4"));
}

TEST_F(ShipChangesTest, TimeThatGoesByChangesNothing) {
  // Lost some time in March, of which a week has gone when it is told.
  Append(WithId(ShipSunk("rose", "north", 20, 20, {"1931-03", "1931-03"}), "rose-lost"));
  EXPECT_THAT(Texts(Follow(0)->Next({})), ElementsAre("2 rose-lost ADDED north none→20", "live 2"));
  clock_.Advance(int64_t{365} * 86'400 * 1'000'000);
  const auto later = Follow(2);
  Append(WithId(ShipSunk("star", "channel", 8, 8, {"1931-02-25", ""}), "star-lost"));
  EXPECT_THAT(Texts(later->Next({})), ElementsAre("3 star-lost ADDED channel none→8", "live 3"));
}

TEST_F(ShipChangesTest, TellsHowFarItGotWhenNothingChanged) {
  const auto changes = Follow(1);
  EXPECT_THAT(Texts(changes->Next({})), ElementsAre("live 1"));
  v1::SourceRegistered source;
  source.set_source("courant");
  source.set_title("The Courant");
  v1::Event event = WithId(v1::Event(), "courant");
  event.set_stream("source/courant");
  event.mutable_payload()->PackFrom(source);
  Append(event);
  EXPECT_THAT(Texts(changes->Next({})), ElementsAre("checkpoint 2"));
}

}  // namespace
}  // namespace annals
