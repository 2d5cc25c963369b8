// Measures the dominance forest: building, space, and questions by size and by
// how late the points come. Its pages are in a database in a temporary folder,
// behind a cache that has all of them when it is asked; or, with --memory, in
// memory alone.
//
//   bazel run -c opt //bench/forest:forest_benchmark
//   bazel run -c opt //bench/forest:forest_benchmark -- --benchmark_filter='/10000000/'
//   bazel run -c opt //bench/forest:forest_benchmark -- --memory
//
// The largest size (100,000,000 points, about 4 GiB of memory) runs only when
// named: --benchmark_filter='/100000000/3'
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "engine/index/forest/dominance_forest.h"
#include "engine/index/forest/memory_page_store.h"
#include "engine/index/pages/database_page_store.h"
#include "engine/index/pages/page_cache.h"
#include "engine/storage/database.h"

namespace annals::forest {
namespace {

constexpr uint32_t kGroups = 200;
constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
constexpr int64_t kSpan = 3'650 * kDay;  // Ten years of microseconds.
constexpr size_t kMaintainEvery = 65'536;

// What of a point is late: it is anywhere on that axis.
enum class Late { kNone, kValid, kKnown, kBoth, kBothByDay };

constexpr const char* kLateNames[] = {"on time", "late valid", "late known", "late both",
                                      "late both, by day"};

class Points {
 public:
  Points(Late late, uint64_t count) : late_(late), step_(kSpan / static_cast<int64_t>(count)) {}

  Point Next() {
    const int64_t now = step_ * index_++;
    int64_t valid = std::max<int64_t>(0, now - static_cast<int64_t>(random_() % (3 * kDay)));
    int64_t known = now;
    if (late_ == Late::kValid || late_ >= Late::kBoth) valid = AnyTime();
    if (late_ == Late::kKnown || late_ >= Late::kBoth) known = AnyTime();
    const auto weight = static_cast<int64_t>(random_() % 10) + 1;
    // As an exact quantity of a tally: no limit is missing.
    return {static_cast<uint32_t>(random_() % kGroups),
            Instant{valid},
            Instant{known},
            {1, weight, 0, weight, 0}};
  }

  Corner AnyCorner() { return {Instant{AnyTime()}, Instant{AnyTime()}}; }
  uint32_t AnyGroup() { return static_cast<uint32_t>(random_() % kGroups); }

 private:
  int64_t AnyTime() {
    const auto time = static_cast<int64_t>(random_() % kSpan);
    return late_ == Late::kBothByDay ? time - time % kDay : time;
  }

  const Late late_;
  const int64_t step_;
  int64_t index_ = 0;
  std::mt19937_64 random_{42};
};

void OrDie(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

void Maintain(DominanceForest* forest) {
  for (;;) {
    const absl::StatusOr<bool> merged = forest->MaintainOnce();
    OrDie(merged.status());
    forest->Committed(forest->manifest().sequence);
    if (!*merged) return;
  }
}

bool pages_in_memory = false;  // Set by main.

// A folder in $TMPDIR that goes with the object.
class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "annals-forest-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Store {
 public:
  Store() {
    if (pages_in_memory) return;
    auto database = storage::Database::Open(folder_.path(), /*create_if_missing=*/true, {});
    OrDie(database.status());
    database_ = *std::move(database);
    database_pages_.emplace(database_.get(), &cache_, "forest/");
  }

  PageStore* pages() {
    return pages_in_memory ? static_cast<PageStore*>(&memory_) : &*database_pages_;
  }
  const PageCache& cache() const { return cache_; }

  // Of the pages; in a database, also of those that wait to be cleared away.
  uint64_t bytes() {
    if (pages_in_memory) return memory_.usage().total();
    OrDie(database_->Flush());
    const auto bytes = database_->SizeBytes(storage::Family::kPages);
    OrDie(bytes.status());
    return *bytes;
  }

 private:
  MemoryPageStore memory_;
  Folder folder_;
  std::unique_ptr<storage::Database> database_;
  PageCache cache_{size_t{3} << 30};
  std::optional<DatabasePageStore> database_pages_;
};

// As an owner does that has nothing else to do.
void Rest(DominanceForest* forest) {
  for (int quiet = 0; quiet < 3; ++quiet) Maintain(forest);
}

struct Built {
  Store store;
  std::unique_ptr<DominanceForest> forest;
};

// Bytes that this process has written to files so far.
uint64_t WrittenBytes() {
  std::ifstream io("/proc/self/io");
  for (std::string name; io >> name;) {
    uint64_t bytes = 0;
    if (io >> bytes && name == "wchar:") return bytes;
  }
  return 0;
}

std::unique_ptr<Built> Build(uint64_t count, Late late, size_t measures) {
  auto built = std::make_unique<Built>();
  auto forest = DominanceForest::Open({.measures = measures}, built->store.pages(), {});
  OrDie(forest.status());
  built->forest = *std::move(forest);
  Points points(late, count);
  for (uint64_t i = 1; i <= count; ++i) {
    OrDie(built->forest->Add(points.Next()));
    if (i % kMaintainEvery == 0) Maintain(built->forest.get());
  }
  Maintain(built->forest.get());
  return built;
}

// The last forest asked for: the questions to it follow one another.
std::unique_ptr<Built> last_built;

Built& Forest(uint64_t count, Late late) {
  static std::pair<uint64_t, Late> key;
  if (last_built == nullptr || key != std::make_pair(count, late)) {
    last_built.reset();
    last_built = Build(count, late, 1);
    key = {count, late};
  }
  return *last_built;
}

// Asks until hardly a page is missing from the cache.
template <typename Ask>
void Warm(const PageCache& cache, Ask ask) {
  constexpr int kQuestions = 1'000;
  for (;;) {
    const uint64_t before = cache.statistics().misses;
    for (int i = 0; i < kQuestions; ++i) ask();
    if (cache.statistics().misses - before < kQuestions / 100) return;
  }
}

// Times each question of a run, for its percentiles.
template <typename Ask>
void Questions(benchmark::State& state, Ask ask) {
  std::vector<double> micros;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    ask();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    micros.push_back(took.count());
  }
  std::sort(micros.begin(), micros.end());
  state.counters["p50_us"] = micros[micros.size() / 2];
  state.counters["p99_us"] = micros[micros.size() * 99 / 100];
  state.SetLabel(kLateNames[state.range(1)]);
}

void BM_Build(benchmark::State& state) {
  const auto count = static_cast<uint64_t>(state.range(0));
  const Late late = static_cast<Late>(state.range(1));
  std::unique_ptr<Built> built;
  const uint64_t written = WrittenBytes();
  for (auto _ : state) {
    state.PauseTiming();
    built.reset();
    state.ResumeTiming();
    built = Build(count, late, static_cast<size_t>(state.range(2)));
  }
  const auto statistics = built->forest->statistics();
  const auto points = static_cast<double>(count);
  state.counters["stored_B"] = static_cast<double>(built->store.bytes()) / points;
  state.counters["written_B"] = static_cast<double>(WrittenBytes() - written) / points;
  Rest(built->forest.get());
  state.counters["rested_B"] = static_cast<double>(built->store.bytes()) / points;
  state.counters["memory_KiB"] = static_cast<double>(statistics.memory_bytes) / 1024;
  state.counters["runs"] = static_cast<double>(statistics.run_points.size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetLabel(kLateNames[state.range(1)]);
}

void BM_Sum(benchmark::State& state) {
  const Late late = static_cast<Late>(state.range(1));
  Built& built = Forest(state.range(0), late);
  Points points(late, state.range(0));
  const auto ask = [&] {
    const auto sum = built.forest->Now().Sum(points.AnyGroup(), points.AnyCorner());
    OrDie(sum.status());
    benchmark::DoNotOptimize((*sum)[0]);
  };
  Warm(built.store.cache(), ask);
  Questions(state, ask);
  state.counters["runs"] = static_cast<double>(built.forest->statistics().run_points.size());
}

// After a rest, which leaves one run: the last of a size's questions.
void BM_SumRested(benchmark::State& state) {
  Rest(Forest(state.range(0), static_cast<Late>(state.range(1))).forest.get());
  BM_Sum(state);
}

void BM_SumAll(benchmark::State& state) {
  const Late late = static_cast<Late>(state.range(1));
  Built& built = Forest(state.range(0), late);
  Points points(late, state.range(0));
  Questions(state, [&] {
    const auto sums = built.forest->Now().SumAll({}, points.AnyCorner());
    OrDie(sums.status());
    benchmark::DoNotOptimize(sums->size());
  });
}

// A thousand steps along valid time.
void BM_Sweep(benchmark::State& state) {
  const Late late = static_cast<Late>(state.range(1));
  Built& built = Forest(state.range(0), late);
  Points points(late, state.range(0));
  Questions(state, [&] {
    std::vector<Corner> corners(1'000, points.AnyCorner());
    for (int64_t i = 0; i < 1'000; ++i) corners[i].valid = Instant{kSpan / 1'000 * i};
    const auto sums = built.forest->Now().Sweep(points.AnyGroup(), corners);
    OrDie(sums.status());
    benchmark::DoNotOptimize(sums->size());
  });
}

// Filled as questions to one forest must follow one another.
void RegisterAll() {
  for (const int64_t count : {1'000'000, 10'000'000, 100'000'000}) {
    for (int64_t late = 0; late <= 4; ++late) {
      benchmark::RegisterBenchmark("Sum", BM_Sum)->Args({count, late});
      benchmark::RegisterBenchmark("SumAll", BM_SumAll)->Args({count, late});
      benchmark::RegisterBenchmark("Sweep1000", BM_Sweep)->Args({count, late});
      benchmark::RegisterBenchmark("SumRested", BM_SumRested)->Args({count, late});
    }
    for (int64_t late = 0; late <= 4; ++late) {
      for (const int64_t measures : {1, 5}) {
        benchmark::RegisterBenchmark("Build", BM_Build)
            ->Args({count, late, measures})
            ->Iterations(1)
            ->Unit(benchmark::kMillisecond);
      }
    }
  }
}

}  // namespace
}  // namespace annals::forest

int main(int argc, char** argv) {
  // Unless something else is asked for, what a machine of 8 GiB does in minutes.
  std::string filter = "--benchmark_filter=/(1000000|10000000)/";
  std::vector<char*> arguments(argv, argv + argc);
  const auto is_memory = [](absl::string_view argument) { return argument == "--memory"; };
  annals::forest::pages_in_memory = std::any_of(argv, argv + argc, is_memory);
  arguments.erase(std::remove_if(arguments.begin(), arguments.end(), is_memory), arguments.end());
  arguments.insert(arguments.begin() + 1, filter.data());
  int count = static_cast<int>(arguments.size());
  annals::forest::RegisterAll();
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  benchmark::RunSpecifiedBenchmarks();
  annals::forest::last_built.reset();  // A database can't outlive main.
  return 0;
}
