// Many writers at once.
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;

constexpr int kThreads = 64;

class ConcurrencyTest : public LogFixture {
 protected:
  // Runs `work(thread)` on every thread, all at once.
  template <typename Work>
  static void OnAllThreads(const Work& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&work, i] { work(i); });
    for (std::thread& thread : threads) thread.join();
  }

  void ExpectSound() {
    EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  }
};

TEST_F(ConcurrencyTest, EveryRevisionHasExactlyOneWinner) {
  CreateTimeline();
  constexpr uint64_t kRevisions = 10;
  std::vector<std::vector<uint64_t>> won(kThreads);
  OnAllThreads([&](int thread) {
    for (uint64_t expected = 0; expected < kRevisions;) {
      const auto receipts =
          Append({MakeNote(absl::StrCat("e", thread, "-", expected), "contested")},
                 ExpectedRevision::Exactly(expected));
      if (receipts.ok()) {
        EXPECT_EQ(receipts->front().revision, expected + 1);
        won[thread].push_back(expected);
      } else {
        EXPECT_EQ(receipts.status().code(), absl::StatusCode::kAborted) << receipts.status();
      }
      ++expected;
    }
  });
  std::multiset<uint64_t> winners;
  for (const auto& revisions : won) winners.insert(revisions.begin(), revisions.end());
  // A thread may be too late for a revision, but never shares one.
  EXPECT_EQ(winners.size(), std::set<uint64_t>(winners.begin(), winners.end()).size());
  EXPECT_EQ(winners.count(0), 1);
  EXPECT_EQ(Ids(log().ReadStream("t", "contested", Position{})).size(), winners.size());
  ExpectSound();
}

TEST_F(ConcurrencyTest, EveryReceiptIsTrueAndRefusedNeighboursDoNoHarm) {
  CreateTimeline();
  constexpr int kAppends = 20;
  std::vector<std::map<std::string, Position>> acknowledged(kThreads);
  OnAllThreads([&](int thread) {
    for (int i = 0; i < kAppends; ++i) {
      const std::string id = absl::StrCat("e", thread, "-", i);
      if (i % 4 == 3) {  // The second event cites an unknown source.
        v1::Event bad = MakeNote(id + "-bad", "s");
        bad.add_citations()->set_source("nowhere");
        EXPECT_EQ(Append({MakeNote(id, "s"), bad}).status().code(), absl::StatusCode::kNotFound);
        continue;
      }
      const auto receipts =
          Append({MakeNote(id, absl::StrCat("s", thread % 7)), MakeNote(id + "-second", "shared")});
      ASSERT_OK(receipts);
      EXPECT_EQ((*receipts)[1].position, (*receipts)[0].position.Next());
      acknowledged[thread][id] = (*receipts)[0].position;
      // What is acknowledged can be read at once.
      const auto event = log().Read("t", (*receipts)[0].position);
      ASSERT_OK(event);
      EXPECT_EQ(event->id(), id);
    }
  });
  ASSERT_OK(Reopen());
  size_t count = 1;
  for (const auto& positions : acknowledged) {
    for (const auto& [id, position] : positions) {
      ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Find("t", id));
      EXPECT_EQ(event.position(), position.value);
      count += 2;
    }
  }
  ASSERT_OK_AND_ASSIGN(const EventLog::Head head, log().GetHead("t"));
  EXPECT_EQ(head.position.value, count);
  ExpectSound();
}

TEST_F(ConcurrencyTest, SameEventFromAllThreadsIsRecordedOnce) {
  CreateTimeline();
  std::atomic<int> first = 0;
  OnAllThreads([&](int) {
    const auto receipts = Append({MakeNote("once", "s")});
    ASSERT_OK(receipts);
    EXPECT_EQ(receipts->front().position, Position{2});
    if (!receipts->front().duplicate) ++first;
  });
  EXPECT_EQ(first, 1);
  ExpectSound();
}

TEST_F(ConcurrencyTest, TimelineIsCreatedOnceWhoeverIsFirst) {
  std::atomic<int> created = 0;
  OnAllThreads([&](int thread) {
    const auto receipts = Append({MakeTimeline(absl::StrCat("by", thread))});
    if (receipts.ok()) {
      ++created;
    } else {
      EXPECT_EQ(receipts.status().code(), absl::StatusCode::kAlreadyExists) << receipts.status();
    }
  });
  EXPECT_EQ(created, 1);
  ExpectSound();
}

TEST_F(ConcurrencyTest, ReadersNeverSeeGapsWhileOthersWrite) {
  CreateTimeline();
  std::atomic<bool> done = false;
  std::thread reader([&] {
    Position last;
    while (!done || last < log().GetHead("t")->position) {
      const auto events = log().ReadAfter("t", last);
      ASSERT_OK(events);
      while ((*events)->Next()) {
        ASSERT_EQ((*events)->event().position(), last.value + 1);
        last = last.Next();
      }
      ASSERT_OK((*events)->status());
    }
  });
  OnAllThreads([&](int thread) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_OK(Append({MakeNote(absl::StrCat(thread, "-", i), "s")}));
    }
  });
  done = true;
  reader.join();
  ExpectSound();
}

}  // namespace
}  // namespace annals
