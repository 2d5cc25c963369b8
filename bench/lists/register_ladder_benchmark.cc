// Measures who holds a register of 1,000,000 contributions, by how those lie.
//
//   bazel run -c opt //bench/lists:register_ladder_benchmark
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "engine/index/answering/register_ladder.h"

namespace annals {
namespace {

constexpr uint32_t kEntries = 1'000'000;
constexpr int64_t kStep = 1'000;
constexpr int64_t kSpan = kEntries * kStep;

enum class Lie {
  kInOrder,         // Known as they occur.
  kRandom,          // Occurred and known anywhere.
  kAllLate,         // Occurred anywhere, known after all have occurred.
  kCorrectedFacts,  // 1,000 facts, each corrected 1,000 times.
  kChains,          // 1,000 facts whose 1,000 corrections put them somewhere else.
  kOneChain,        // One fact, put somewhere else 1,000,000 times.
};

RegisterEntry Entry(Lie lie, uint32_t i, std::mt19937_64* random) {
  const auto anywhere = [&] { return Instant{static_cast<int64_t>((*random)() % kSpan)}; };
  RegisterEntry entry = {.event = {i + 1}, .index = i};
  const Instant now = {i * kStep};
  // Of the corrections of a fact: at random, one after the other, or all the time.
  const int64_t correction = i % 1'000;
  const auto corrected_at = [&](int64_t n) {
    return Instant{(n * 1'000 + static_cast<int64_t>(i / 1'000)) * kStep};
  };
  const bool is_last = correction == 999;
  switch (lie) {
    case Lie::kInOrder:
      entry.occurred = entry.known = now;
      break;
    case Lie::kRandom:
      entry.occurred = anywhere();
      entry.known = anywhere();
      break;
    case Lie::kAllLate:
      entry.occurred = anywhere();
      entry.known = {kSpan + anywhere().micros};
      break;
    case Lie::kCorrectedFacts:
    case Lie::kChains:
      entry.occurred = lie == Lie::kChains ? anywhere() : Instant{i / 1'000 * kStep};
      entry.known = corrected_at(correction);
      break;
    case Lie::kOneChain:
      entry.occurred = anywhere();
      entry.known = now;
      break;
  }
  entry.presence = {{entry.known, 1}};
  if ((lie == Lie::kCorrectedFacts || lie == Lie::kChains) && !is_last) {
    entry.presence.push_back({corrected_at(correction + 1), -1});
  }
  if (lie == Lie::kOneChain) entry.presence.push_back({{now.micros + kStep}, -1});
  return entry;
}

std::vector<RegisterEntry> Entries(Lie lie) {
  std::mt19937_64 random(1);
  std::vector<RegisterEntry> entries;
  for (uint32_t i = 0; i < kEntries; ++i) entries.push_back(Entry(lie, i, &random));
  return entries;
}

void BM_Holder(benchmark::State& state) {
  const auto lie = static_cast<Lie>(state.range(0));
  const RegisterLadder ladder(Entries(lie));
  std::mt19937_64 random(2);
  std::vector<std::pair<Instant, Instant>> questions(65'536);
  for (auto& [valid, known] : questions) {
    valid.micros = static_cast<int64_t>(random() % kSpan);
    known.micros = static_cast<int64_t>(random() % kSpan) + (lie == Lie::kAllLate ? kSpan : 0);
  }
  size_t next = 0;
  size_t held = 0;
  for (auto _ : state) {
    const auto& [valid, known] = questions[next++ % questions.size()];
    held += ladder.Holder(valid, known).has_value();
  }
  state.counters["held"] = static_cast<double>(held) / static_cast<double>(state.iterations());
  state.counters["bytes_each"] = static_cast<double>(ladder.memory_bytes()) / kEntries;
}

void BM_Build(benchmark::State& state) {
  const std::vector<RegisterEntry> entries = Entries(static_cast<Lie>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(RegisterLadder(entries));
  state.SetItemsProcessed(state.iterations() * kEntries);
}

BENCHMARK(BM_Holder)->ArgName("lie")->DenseRange(0, 5);
BENCHMARK(BM_Build)->ArgName("lie")->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace annals

BENCHMARK_MAIN();
