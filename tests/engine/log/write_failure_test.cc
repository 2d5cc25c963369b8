// What becomes of appends when the disk takes no more.
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/durable_head.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/write_limit.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::StatusIs;
using ::annals::testing::WriteLimit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class WriteFailureTest : public LogFixture {
 protected:
  WriteFailureTest() {
    CreateTimeline();
    EXPECT_OK(Append({MakeNote("a", "s")}));
  }

  void ExpectOnlyWhatWasAcknowledged() {
    EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), ElementsAre("created", "a"));
    EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{})), ElementsAre("a"));
    EXPECT_THAT(Ids(log().ReadType("t", "annals.testing.Note", Position{})), ElementsAre("a"));
    EXPECT_THAT(log().Find("t", "lost"), StatusIs(StatusCode::kNotFound, HasSubstr("lost")));
    EXPECT_THAT(log().Read("t", Position{3}), StatusIs(StatusCode::kOutOfRange, HasSubstr("2")));
    ASSERT_OK_AND_ASSIGN(const EventLog::Census census, log().TakeCensus("t"));
    EXPECT_EQ(census.streams, 2);
  }
};

TEST_F(WriteFailureTest, FailedAppendIsNotSeenAndLaterOnesAreRefusedUntilReopened) {
  int commits = 0;
  log().AddCommitListener([&] { ++commits; });
  {
    const WriteLimit limit(/*file_bytes=*/8'192);
    EXPECT_FALSE(Append({MakeNote("lost", "s", std::string(100'000, 'x'))}).ok());
  }
  ExpectOnlyWhatWasAcknowledged();
  EXPECT_EQ(commits, 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Append({MakeNote("b", "s")}),
                StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  }
  ASSERT_OK(Reopen());
  ExpectOnlyWhatWasAcknowledged();
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("b", "s")}));
  EXPECT_EQ(receipts[0].position, Position{3});
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
}

TEST_F(WriteFailureTest, AppendWhoseHeadFailedIsNotSeenUntilReopened) {
  // Of a head with the same record everywhere, the second slot is written next.
  const storage::CommitRecord record = folder().last_commit();
  Close();
  std::ofstream(path() + "/HEAD") << storage::EncodeHead(record);
  ASSERT_OK(Open());
  {
    // Enough for the log file, not for that.
    const WriteLimit limit(/*file_bytes=*/4'096);
    EXPECT_THAT(Append({MakeNote("lost", "s")}),
                StatusIs(StatusCode::kResourceExhausted, HasSubstr("HEAD")));
  }
  ExpectOnlyWhatWasAcknowledged();
  EXPECT_THAT(Append({MakeNote("b", "s")}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  // It had reached the log, so now it counts, and a retry learns where.
  ASSERT_OK(Reopen());
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("lost", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_EQ(receipts[0].position, Position{3});
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
}

TEST_F(WriteFailureTest, EveryAppendOfAFailedGroupFails) {
  const WriteLimit limit(/*file_bytes=*/8'192);
  std::vector<std::thread> threads;
  std::vector<absl::Status> statuses(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      statuses[i] =
          Append({MakeNote(absl::StrCat("lost", i), "s", std::string(20'000, 'x'))}).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_FALSE(status.ok());
  ExpectOnlyWhatWasAcknowledged();
}

}  // namespace
}  // namespace annals
