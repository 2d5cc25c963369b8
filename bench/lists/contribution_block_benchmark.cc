// Measures the blocks of contributions: their size, and how fast they are written
// and read, at 300 contributions a block.
//
//   bazel run -c opt //bench/lists:contribution_block_benchmark
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "engine/index/lists/contribution_block.h"

namespace annals {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr int64_t kNow = 1'767'623'641'123'457;

// What is said of an event's dates.
enum class Dates {
  kExact,  // Seconds of a year, and microseconds as they went by.
  kDays,   // A day of a year, and some time of a year.
  kVague,  // A day up to when it was known; a day.
};

EventTimes Times(Dates dates, int64_t now, std::mt19937_64* random) {
  const int64_t year_before = now - static_cast<int64_t>((*random)() % (365 * kDay));
  const int64_t day = year_before / kDay * kDay;
  switch (dates) {
    case Dates::kExact: {
      const int64_t second = year_before / kSecond * kSecond;
      return {{{second}, {second}}, {{now}, {now}}};
    }
    case Dates::kDays: {
      const int64_t later = year_before + kDay;
      return {{{day}, {day + kDay - 1}}, {{later}, {later}}};
    }
    case Dates::kVague:
      break;
  }
  return {{{now / kDay * kDay}, {now}}, {{now / kDay * kDay}, {now}}};
}

std::vector<StatedContribution> Block(Dates dates) {
  std::mt19937_64 random(1);
  std::vector<StatedContribution> contributions;
  uint64_t event = 1'000'000;
  int64_t now = kNow;
  for (int i = 0; i < 300; ++i) {
    event += 100 + random() % 200;
    now += static_cast<int64_t>(2 * kSecond + random() % (118 * kSecond));
    contributions.push_back(
        {.event = {event},
         .times = Times(dates, now, &random),
         .content = std::string(1, static_cast<char>(10 + 2 * (random() % 60)))});  // 1 to 60.
  }
  return contributions;
}

void BM_Read(benchmark::State& state) {
  const std::string bytes = EncodeContributionBlock(Block(static_cast<Dates>(state.range(0))));
  int64_t contributions = 0;
  uint64_t sum = 0;
  for (auto _ : state) {
    ContributionBlockReader reader(bytes);
    while (reader.Next()) {
      sum += reader.event().value + reader.ordinal() + reader.times().occurred.latest.micros +
             reader.times().known.latest.micros + reader.content().front();
      ++contributions;
    }
    if (!reader.status().ok()) std::abort();
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(contributions);
  state.counters["bytes_each"] = static_cast<double>(bytes.size()) / 300;
}

void BM_Write(benchmark::State& state) {
  const std::vector<StatedContribution> block = Block(static_cast<Dates>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(EncodeContributionBlock(block));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(block.size()));
}

BENCHMARK(BM_Read)->ArgName("dates")->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(BM_Write)->ArgName("dates")->Arg(0)->Arg(1)->Arg(2);

}  // namespace
}  // namespace annals

BENCHMARK_MAIN();
