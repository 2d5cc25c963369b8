#include "engine/log/appending/commit_queue.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::StatusIs;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;
using ::testing::SizeIs;

PreparedAppend MakeAppend(size_t bytes) {
  PreparedAppend append;
  append.bytes = bytes;
  return append;
}

// A door that groups wait at until it is opened.
class Door {
 public:
  void Open() {
    MutexLock hold(&mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    MutexLock hold(&mutex_);
    while (!open_) changed_.Wait(&mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

size_t Sum(const std::vector<size_t>& sizes) {
  size_t sum = 0;
  for (const size_t size : sizes) sum += size;
  return sum;
}

class CommitQueueTest : public ::testing::Test {
 protected:
  // Keeps the first group waiting until `appends` callers have been started, then
  // has each of them append `bytes`. Returns the sizes of the groups after it.
  std::vector<size_t> GroupSizes(int appends, size_t bytes) {
    Door first_entered;
    Door everyone_started;
    std::vector<size_t> sizes;
    std::atomic<int> started = 0;
    CommitQueue queue([&](absl::Span<QueuedAppend* const> group) {
      for (QueuedAppend* const queued : group) queued->result = std::vector<Receipt>();
      if (first_) {
        first_ = false;
        first_entered.Open();
        everyone_started.Wait();
        return;
      }
      sizes.push_back(group.size());
    });
    std::thread first([&] { EXPECT_OK(queue.Submit(MakeAppend(1))); });
    first_entered.Wait();
    std::vector<std::thread> threads;
    for (int i = 0; i < appends; ++i) {
      threads.emplace_back([&] {
        if (++started == appends) everyone_started.Open();
        EXPECT_OK(queue.Submit(MakeAppend(bytes)));
      });
    }
    first.join();
    for (std::thread& thread : threads) thread.join();
    return sizes;
  }

  bool first_ = true;
};

TEST_F(CommitQueueTest, AppendsThatWaitShareAGroup) {
  const std::vector<size_t> sizes = GroupSizes(32, 10);
  EXPECT_EQ(Sum(sizes), 32);
  // The last to start may not be in line yet when the door opens.
  EXPECT_THAT(sizes, SizeIs(Le(31)));
}

TEST_F(CommitQueueTest, GroupsAreBoundedButOneAppendAloneMayBeLarger) {
  EXPECT_THAT(GroupSizes(4, size_t{64} << 20), ElementsAre(1, 1, 1, 1));
}

TEST_F(CommitQueueTest, GroupsHoldAsManyAppendsAsFit) {
  const std::vector<size_t> sizes = GroupSizes(16, size_t{1} << 20);
  EXPECT_EQ(Sum(sizes), 16);
  EXPECT_THAT(sizes, Each(Le(4)));
}

// A leader waits for those whom the last group held, but not for ever.
TEST_F(CommitQueueTest, WhoComesBackAloneIsCommittedAlone) {
  constexpr int kTogether = 8;
  Door first_entered;
  Door go_on;
  std::vector<size_t> sizes;
  CommitQueue queue([&](absl::Span<QueuedAppend* const> group) {
    for (QueuedAppend* const queued : group) queued->result = std::vector<Receipt>();
    sizes.push_back(group.size());
    first_entered.Open();
    go_on.Wait();
  });
  std::vector<std::thread> threads;
  threads.emplace_back([&] { EXPECT_OK(queue.Submit(MakeAppend(1))); });
  first_entered.Wait();
  for (int i = 0; i < kTogether; ++i) {
    threads.emplace_back([&] { EXPECT_OK(queue.Submit(MakeAppend(1))); });
  }
  go_on.Open();
  for (std::thread& thread : threads) thread.join();
  EXPECT_OK(queue.Submit(MakeAppend(1)));
  EXPECT_OK(queue.Submit(MakeAppend(1)));
  EXPECT_EQ(Sum(sizes), kTogether + 3);
  EXPECT_EQ(sizes.back(), 1);
}

TEST_F(CommitQueueTest, EveryCallerGetsItsOwnAnswer) {
  CommitQueue queue([](absl::Span<QueuedAppend* const> group) {
    for (QueuedAppend* const queued : group) {
      if (queued->append.bytes % 2 == 1) {
        queued->result = absl::AbortedError(absl::StrCat(queued->append.bytes));
      } else {
        queued->result = std::vector<Receipt>(queued->append.bytes);
      }
    }
  });
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 32; ++i) {
    threads.emplace_back([&queue, i] {
      const auto receipts = queue.Submit(MakeAppend(i));
      if (i % 2 == 1) {
        EXPECT_THAT(receipts, StatusIs(absl::StatusCode::kAborted, std::to_string(i)));
      } else {
        ASSERT_OK(receipts);
        EXPECT_THAT(*receipts, SizeIs(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CommitQueueTest, GroupsAreCommittedOneAtATime) {
  std::atomic<int> inside = 0;
  CommitQueue queue([&](absl::Span<QueuedAppend* const> group) {
    EXPECT_EQ(++inside, 1);
    for (QueuedAppend* const queued : group) queued->result = std::vector<Receipt>();
    --inside;
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&queue] {
      for (int j = 0; j < 100; ++j) EXPECT_OK(queue.Submit(MakeAppend(1)));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace annals
