#include "engine/base/work_crew.h"

#include <atomic>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace annals {
namespace {

using Tasks = std::vector<std::function<void()>>;

TEST(WorkCrewTest, RunsEachTaskOnce) {
  for (const size_t threads : {0, 1, 3}) {
    WorkCrew crew(threads);
    EXPECT_EQ(crew.workers(), threads + 1);
    std::vector<std::atomic<int>> runs(100);
    Tasks tasks;
    for (auto& run : runs) tasks.emplace_back([&run] { ++run; });
    crew.Run(tasks);
    crew.Run(tasks);
    for (const auto& run : runs) EXPECT_EQ(run.load(), 2);
  }
}

TEST(WorkCrewTest, TasksRunAtTheSameTime) {
  WorkCrew crew(1);
  std::latch both(2);
  crew.Run(Tasks(2, [&] { both.arrive_and_wait(); }));
}

TEST(WorkCrewTest, WhoFindsItTakenDoesHisTasksHimself) {
  WorkCrew crew(1);
  std::latch taken(2);
  std::latch done(1);
  std::thread first([&] {
    crew.Run(Tasks(2, [&] {
      taken.count_down();
      done.wait();
    }));
  });
  taken.wait();  // Both workers are at it.
  int runs = 0;
  crew.Run(Tasks(3, [&, self = std::this_thread::get_id()] {
    EXPECT_EQ(std::this_thread::get_id(), self);
    ++runs;
  }));
  EXPECT_EQ(runs, 3);
  done.count_down();
  first.join();
  std::atomic<int> later = 0;
  crew.Run(Tasks(2, [&] { ++later; }));
  EXPECT_EQ(later.load(), 2);
}

}  // namespace
}  // namespace annals
