// What the bundled files state: that they can be loaded, that every row of the
// catalogue of facts is in them, and that every claim can be traced.
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/venezuela/venezuela_domain.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/timelines/bundled_timeline.h"

namespace annals {
namespace {

using ::annals::testing::ReadBundledEvents;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

std::string TypeOf(const v1::Event& event) {
  const std::string& url = event.payload().type_url();
  return url.substr(url.rfind('.') + 1);
}

class VenezuelaFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(events_, ReadBundledEvents());
    for (const v1::Event& event : events_) by_id_[event.id()] = &event;
  }

  // The timeline and its sources are no claims about history.
  static bool IsClaim(const v1::Event& event) {
    return event.payload().type_url().find("/annals.v1.") == std::string::npos;
  }

  std::vector<v1::Event> events_;
  std::map<std::string, const v1::Event*> by_id_;
};

TEST_F(VenezuelaFilesTest, BeginWithTheTimelineAndItsSources) {
  ASSERT_GT(events_.size(), 6);
  v1::TimelineCreated created;
  ASSERT_TRUE(events_[0].payload().UnpackTo(&created));
  EXPECT_EQ(created.home_zone(), "America/Caracas");
  EXPECT_EQ(created.domain(), "venezuela");
  EXPECT_EQ(events_[0].stream(), "timeline");
  for (int i = 0; i < 5; ++i) {
    v1::SourceRegistered registered;
    ASSERT_TRUE(events_[i + 1].payload().UnpackTo(&registered));
    EXPECT_EQ(registered.source(), absl::StrCat("S", i));
    EXPECT_EQ(events_[i + 1].stream(), absl::StrCat("source/S", i));
    EXPECT_THAT(registered.sha256(), MatchesRegex("[0-9a-f]{64}"));
    EXPECT_THAT(registered.published(), Not(IsEmpty()));
    // How the view of sources learns the instants of the publication.
    EXPECT_EQ(events_[i + 1].occurred(), registered.published());
    EXPECT_EQ(events_[i + 1].published(), registered.published());
  }
}

TEST_F(VenezuelaFilesTest, IdsAreUniqueAndEveryEventBelongsToTheTimeline) {
  EXPECT_EQ(by_id_.size(), events_.size());
  for (const v1::Event& event : events_) {
    EXPECT_THAT(event.id(), MatchesRegex("[a-z0-9-]+"));
    EXPECT_EQ(event.timeline(), "venezuela-2026") << event.id();
    EXPECT_THAT(event.stream(), Not(IsEmpty())) << event.id();
  }
}

TEST_F(VenezuelaFilesTest, EveryClaimCitesAParagraphInTheCuratorsWords) {
  const std::set<std::string> registered = {"S0", "S1", "S2", "S3", "S4"};
  for (const v1::Event& event : events_) {
    if (!IsClaim(event)) continue;
    EXPECT_THAT(event.citations(), Not(IsEmpty())) << event.id();
    for (const v1::Citation& citation : event.citations()) {
      EXPECT_THAT(registered, Contains(citation.source())) << event.id();
      EXPECT_THAT(citation.locator(),
                  AnyOf(StartsWith("paragraph"), StartsWith("highlights"), StartsWith("headline")))
          << event.id();
      EXPECT_THAT(citation.paraphrase(), Not(IsEmpty())) << event.id();
    }
  }
}

// An article that speaks in its own voice is cited for it, and alone.
TEST_F(VenezuelaFilesTest, AnArticleAssertsOnlyWhatItSays) {
  for (const v1::Event& event : events_) {
    if (event.asserter().size() != 2 || event.asserter()[0] != 's') continue;
    ASSERT_EQ(event.citations_size(), 1) << event.id();
    EXPECT_EQ(absl::AsciiStrToLower(event.citations(0).source()), event.asserter()) << event.id();
  }
}

TEST_F(VenezuelaFilesTest, OnlyTheItaliansAreAttributedToNobody) {
  std::vector<std::string> unattributed;
  for (const v1::Event& event : events_) {
    if (IsClaim(event) && event.asserter().empty()) unattributed.push_back(event.id());
  }
  EXPECT_THAT(unattributed, ElementsAre("italians-reported"));
}

TEST_F(VenezuelaFilesTest, TheOneCorrectionRefinesTheCapture) {
  std::vector<std::string> corrections;
  for (const v1::Event& event : events_) {
    if (event.has_correction()) corrections.push_back(event.id());
  }
  ASSERT_THAT(corrections, ElementsAre("maduro-captured-refined"));
  const v1::Correction& correction = by_id_["maduro-captured-refined"]->correction();
  EXPECT_EQ(correction.kind(), v1::Correction::SUPERSEDES);
  EXPECT_THAT(correction.targets(), ElementsAre("maduro-captured"));
  EXPECT_EQ(correction.editor(), "annals-curators");
  EXPECT_THAT(correction.reason(), Not(IsEmpty()));
}

TEST_F(VenezuelaFilesTest, EveryTypeOfTheDomainIsUsedExceptTheClosureThatNeverHappened) {
  std::set<std::string> used;
  for (const v1::Event& event : events_) used.insert(TypeOf(event));
  for (const auto* type : VenezuelaDomain().types) {
    EXPECT_EQ(used.contains(type->name()), type->name() != "PrisonClosureExecuted") << type->name();
  }
}

// A row of the catalogue of facts, and one event that carries it.
struct CatalogueRow {
  std::string row;
  std::string id;
  std::string type;
  std::string occurred;
  std::string asserter;
  std::set<std::string> sources;
};

// The lines of venezuela_catalogue.txt.
std::vector<CatalogueRow> ReadCatalogue() {
  std::ifstream file("tests/timelines/venezuela_catalogue.txt");
  std::vector<CatalogueRow> rows;
  std::string line;
  while (std::getline(file, line)) {
    if (absl::StartsWith(line, "#")) continue;
    std::vector<std::string> fields = absl::StrSplit(line, " | ");
    fields.resize(6);
    for (std::string& field : fields) {
      if (field == "-") field.clear();
    }
    rows.push_back(
        {fields[0], fields[1], fields[2], fields[3], fields[4], absl::StrSplit(fields[5], ' ')});
  }
  return rows;
}

TEST_F(VenezuelaFilesTest, EveryRowOfTheCatalogueIsCovered) {
  std::set<std::string> covered;
  for (const CatalogueRow& expected : ReadCatalogue()) {
    covered.insert(expected.row);
    SCOPED_TRACE(absl::StrCat("row ", expected.row, ": ", expected.id));
    const auto found = by_id_.find(expected.id);
    ASSERT_NE(found, by_id_.end());
    const v1::Event& event = *found->second;
    EXPECT_EQ(TypeOf(event), expected.type);
    EXPECT_EQ(event.occurred(), expected.occurred);
    EXPECT_EQ(event.asserter(), expected.asserter);
    std::set<std::string> cited;
    for (const v1::Citation& citation : event.citations()) cited.insert(citation.source());
    EXPECT_EQ(cited, expected.sources);
  }
  std::set<std::string> catalogue = {"1a", "1b"};
  for (int row = 2; row <= 28; ++row) catalogue.insert(absl::StrCat(row));
  EXPECT_EQ(covered, catalogue);
}

// What isn't a row of its own describes how the articles differ.
TEST_F(VenezuelaFilesTest, NothingElseIsClaimedButDescriptions) {
  std::set<std::string> catalogued;
  for (const CatalogueRow& row : ReadCatalogue()) catalogued.insert(row.id);
  std::set<std::string> described;
  for (const v1::Event& event : events_) {
    if (!IsClaim(event) || catalogued.contains(event.id())) continue;
    EXPECT_EQ(TypeOf(event), "DescriptionStated") << event.id();
    described.insert(event.id());
  }
  EXPECT_THAT(described,
              IsSupersetOf({"rocio-san-miguel-release-order-s2", "nicolas-maduro-office-s4",
                            "maria-corina-machado-nobel-peace-prize-s0", "releases-extent-s3",
                            "biagio-pilieri-release-s4"}));
}

}  // namespace
}  // namespace annals
