#include "engine/proof/tlog_proof.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kNote[] =
    "annals.example/sea\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "\n\u2014 annals.example x08go/ZJkuBS9UG/\n";
constexpr char kNewerNote[] =
    "annals.example/sea\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "\n\u2014 annals.example x08go/ZJkuBS9UG/\n\u2014 witness x08go/ZJkuBS9UG/\n";

// The hash of 32 such bytes, and its base64.
TreeHash HashOf(unsigned char byte) {
  TreeHash hash;
  hash.fill(byte);
  return hash;
}
constexpr char kOnes[] = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
constexpr char kTwos[] = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

TlogProof Example() {
  return {.extra = "an event", .index = 1, .path = {HashOf(1), HashOf(2)}, .checkpoint = kNote};
}

std::string ExampleText() {
  return absl::StrCat("c2sp.org/tlog-proof@v1\nextra YW4gZXZlbnQ=\nindex 1\n", kOnes, "\n", kTwos,
                      "\n\n", kNote);
}

ConsistencyText Consistency() {
  return {.path = {HashOf(1)}, .old_checkpoint = kNote, .new_checkpoint = kNewerNote};
}

std::string ConsistencyLines() {
  return absl::StrCat("annals/consistency-proof@v1\n", kOnes, "\n\n", kNote, "\n", kNewerNote);
}

TEST(TlogProofTest, IsWrittenAsTheStandardSays) {
  EXPECT_EQ(FormatTlogProof(Example()), ExampleText());
  EXPECT_EQ(FormatTlogProof({.index = 0, .checkpoint = kNote}),
            absl::StrCat("c2sp.org/tlog-proof@v1\nindex 0\n\n", kNote));
}

TEST(TlogProofTest, ReadsWhatItWrites) {
  EXPECT_THAT(ParseTlogProof(ExampleText()), IsOkAndHolds(Example()));
  const TlogProof smallest = {.index = UINT64_MAX, .checkpoint = kNote};
  EXPECT_THAT(ParseTlogProof(FormatTlogProof(smallest)), IsOkAndHolds(smallest));
  EXPECT_THAT(ParseConsistency(ConsistencyLines()), IsOkAndHolds(Consistency()));
  EXPECT_EQ(FormatConsistency(Consistency()), ConsistencyLines());
}

TEST(TlogProofTest, TellsTheKindsApart) {
  EXPECT_EQ(KindOfProof(ExampleText()), ProofKind::kInclusion);
  EXPECT_EQ(KindOfProof(ConsistencyLines()), ProofKind::kConsistency);
  EXPECT_EQ(KindOfProof(kNote), ProofKind::kNeither);
  EXPECT_EQ(KindOfProof(""), ProofKind::kNeither);
}

TEST(TlogProofTest, RefusesAnyOtherWayToWriteIt) {
  const std::string good = ExampleText();
  const struct {
    std::string from;
    std::string to;
    const char* complaint;
  } changes[] = {
      {"@v1", "@v2", "first line"},
      {"extra YW4gZXZlbnQ=\n", "extra \n", "base64"},
      {"YW4gZXZlbnQ=", "YW4gZXZlbnQ", "base64"},
      {"YW4gZXZlbnQ=", "YW4gZXZlbnR=", "base64"},
      {"index 1", "index 01", "index"},
      {"index 1", "index -1", "index"},
      {"index 1", "index +1", "index"},
      {"index 1", "index 18446744073709551616", "index"},
      {"index 1\n", "", "index"},
      {"index 1", "index  1", "index"},
      {"AgICAg", "AgICA", "hash number 2"},
      {"AgICAg", "AgICA*", "hash number 2"},
      {"\n\nannals.example", "\nannals.example", "hash number 3"},
      {"\n\n\u2014 ", "\n\u2014 ", "no checkpoint"},
      {"UG/\n", "UG/", "no checkpoint"},
  };
  for (const auto& change : changes) {
    const std::string bad = absl::StrReplaceAll(good, {{change.from, change.to}});
    ASSERT_NE(bad, good) << change.from;
    EXPECT_THAT(ParseTlogProof(bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(change.complaint)))
        << change.to;
  }
}

TEST(TlogProofTest, RefusesWhateverIsCutOff) {
  const std::string inclusion = ExampleText();
  for (size_t size = 0; size < inclusion.size(); ++size) {
    EXPECT_THAT(ParseTlogProof(inclusion.substr(0, size)).status().code(),
                absl::StatusCode::kInvalidArgument)
        << size;
  }
  // Without its last signature it is still a note: that is for the signature's check.
  const std::string consistency = ConsistencyLines();
  const size_t without_witness = consistency.rfind("\u2014 witness");
  EXPECT_THAT(ParseConsistency(consistency.substr(0, without_witness)), IsOk());
  for (size_t size = 0; size < without_witness; ++size) {
    EXPECT_THAT(ParseConsistency(consistency.substr(0, size)).status().code(),
                absl::StatusCode::kInvalidArgument)
        << size;
  }
}

TEST(TlogProofTest, RefusesMoreThanAnyTreeNeeds) {
  TlogProof proof = Example();
  proof.path.assign(129, HashOf(1));
  EXPECT_THAT(ParseTlogProof(FormatTlogProof(proof)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more hashes")));
  proof.extra.assign(kMaxProofBytes, 'x');
  EXPECT_THAT(ParseTlogProof(FormatTlogProof(proof)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too long")));
}

}  // namespace
}  // namespace annals::testing
