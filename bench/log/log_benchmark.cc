// Measures appending to the log and replaying it, beside RocksDB by itself with
// the same records (raw_log.h) in the same run, on the same disk.
//
//   bazel run -c opt //bench/log:log_benchmark
//   bazel run -c opt //bench/log:log_benchmark -- --rounds 9 --json "$PWD/log.json"
//
//   --rounds N         rounds, of which the medians are shown (5)
//   --events N         events a round in batches of 1,000, and in replay (200,000)
//   --writer-events N  events a round of each of 64 writers (1,000)
//   --folder PATH      where the stores are made, and removed again (the system's
//                      folder for temporary files)
//   --only WHAT        batches, unprojected (batches without projections), writers or
//                      replay alone
//   --json FILE        the table as JSON as well
//
// Seed 1. Events have 256 bytes of payload, about 430 in all; both sides write
// the same bytes, and sync every write. Each round begins with empty folders;
// ours and the peer take turns. Replay is from files that the system has cached
// and RocksDB hasn't: into events, or undecoded, which is what the peer does. Both
// compare the chain of hashes.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/log/measured_store.h"
#include "bench/log/raw_log.h"
#include "bench/log/workload.h"

namespace annals::bench {
namespace {

constexpr uint64_t kSeed = 1;
constexpr size_t kBatch = 1'000;
constexpr size_t kWriters = 64;

struct Arguments {
  size_t rounds = 5;
  size_t events = 200'000;
  size_t writer_events = 1'000;
  std::string folder = std::filesystem::temp_directory_path().string();
  std::string only;
  std::string json;
};

// How long something took, and how long processors worked for it: on a machine
// that others use, the latter tells more.
struct Time {
  double seconds = 0;
  double cpu_seconds = 0;

  Time operator+(const Time& other) const {
    return {seconds + other.seconds, cpu_seconds + other.cpu_seconds};
  }
};

// One side's figures, by round.
struct Figures {
  std::vector<double> events_per_second;
  std::vector<double> cpu_micros_per_event;

  void Add(double events, const Time& time) {
    events_per_second.push_back(events / time.seconds);
    cpu_micros_per_event.push_back(1e6 * time.cpu_seconds / events);
  }
};

struct Row {
  std::string name;
  Figures ours;
  Figures peer;
};

double CpuSeconds() {
  timespec now;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Time TimeOf(const std::function<void()>& work) {
  const double cpu_begin = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return {seconds.count(), CpuSeconds() - cpu_begin};
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

// Of `writers` threads that each call `write` with their number.
Time TimeOfWriters(size_t writers, const std::function<void(size_t)>& write) {
  std::latch start(static_cast<std::ptrdiff_t>(writers) + 1);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < writers; ++i) {
    threads.emplace_back([&start, &write, i] {
      start.arrive_and_wait();
      write(i);
    });
  }
  return TimeOf([&] {
    start.arrive_and_wait();
    for (std::thread& thread : threads) thread.join();
  });
}

// A folder of its own for each store, gone with the object.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& parent)
      : path_(absl::StrCat(parent, "/annals-log-benchmark-", ::getpid(), "-", ++count_)) {}
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  static inline int count_ = 0;
  const std::string path_;
};

class LogBenchmark {
 public:
  explicit LogBenchmark(Arguments arguments) : arguments_(std::move(arguments)) {}

  std::vector<Row> Run() {
    MakeRecords();
    rows_.reserve(kMostRows);
    if (Wanted("batches")) AppendBatches();
    if (arguments_.only == "unprojected") AppendUnprojectedBatches();
    if (Wanted("writers")) AppendConcurrently();
    if (Wanted("replay")) Replay();
    return std::move(rows_);
  }

 private:
  // What both sides write: the records as the log makes them.
  void MakeRecords() {
    const size_t events = std::max(arguments_.events, kWriters * arguments_.writer_events);
    const ScratchFolder folder(arguments_.folder);
    MeasuredStore store(folder.path(), /*projected=*/false);
    for (size_t i = 0; i < events; i += kBatch) store.Append(MakeEvents(kSeed, i, kBatch));
    records_ = store.Records();
    size_t bytes = 0;
    for (const RawRecord& record : records_) bytes += record.value.size();
    std::fprintf(stderr, "%zu records of %zu bytes on average\n", records_.size(),
                 bytes / records_.size());
  }

  bool Wanted(absl::string_view name) const {
    return arguments_.only.empty() || arguments_.only == name;
  }

  Row* AddRow(const std::string& name) {
    rows_.push_back({.name = name});
    return &rows_.back();
  }

  void AppendBatches() {
    Row* const alone = AddRow("append, batches of 1,000");
    Row* const projected = AddRow("append, batches of 1,000, three projections on");
    Row* const complete = AddRow("append, batches of 1,000, until projected");
    const double events = static_cast<double>(arguments_.events);
    for (size_t round = 0; round < arguments_.rounds; ++round) {
      const Time raw = RawBatches();
      for (Row* const row : {alone, projected, complete}) row->peer.Add(events, raw);
      alone->ours.Add(events, OurBatches(/*projected=*/false).first);
      const auto [acknowledged, all] = OurBatches(/*projected=*/true);
      projected->ours.Add(events, acknowledged);
      complete->ours.Add(events, all);
    }
  }

  void AppendUnprojectedBatches() {
    Row* const row = AddRow("append, batches of 1,000");
    const double events = static_cast<double>(arguments_.events);
    for (size_t round = 0; round < arguments_.rounds; ++round) {
      row->peer.Add(events, RawBatches());
      row->ours.Add(events, OurBatches(/*projected=*/false).first);
    }
  }

  // Until everything was acknowledged, and until it was projected.
  std::pair<Time, Time> OurBatches(bool projected) const {
    const ScratchFolder folder(arguments_.folder);
    MeasuredStore store(folder.path(), projected);
    std::vector<std::vector<v1::Event>> batches;
    for (size_t i = 0; i < arguments_.events; i += kBatch) {
      batches.push_back(MakeEvents(kSeed, i, kBatch));
    }
    const Time acknowledged = TimeOf([&] {
      for (auto& batch : batches) store.Append(std::move(batch));
    });
    return {acknowledged, acknowledged + TimeOf([&] { store.AwaitProjections(); })};
  }

  Time RawBatches() const {
    const ScratchFolder folder(arguments_.folder);
    RawLog raw(folder.path());
    const absl::Span<const RawRecord> records(records_);
    return TimeOf([&] {
      for (size_t i = 0; i < arguments_.events; i += kBatch) raw.Write(records.subspan(i, kBatch));
    });
  }

  void AppendConcurrently() {
    Row* const alone = AddRow("append, 64 writers");
    Row* const projected = AddRow("append, 64 writers, three projections on");
    const double events = static_cast<double>(kWriters * arguments_.writer_events);
    for (size_t round = 0; round < arguments_.rounds; ++round) {
      const Time raw = RawWriters();
      for (Row* const row : {alone, projected}) row->peer.Add(events, raw);
      alone->ours.Add(events, OurWriters(/*projected=*/false));
      projected->ours.Add(events, OurWriters(/*projected=*/true));
    }
  }

  Time OurWriters(bool projected) const {
    const ScratchFolder folder(arguments_.folder);
    MeasuredStore store(folder.path(), projected);
    const size_t each = arguments_.writer_events;
    std::vector<std::vector<v1::Event>> events;
    for (size_t i = 0; i < kWriters; ++i) events.push_back(MakeEvents(kSeed, i * each, each));
    return TimeOfWriters(kWriters, [&](size_t writer) {
      for (v1::Event& event : events[writer]) {
        std::vector<v1::Event> one;
        one.push_back(std::move(event));
        store.Append(std::move(one));
      }
    });
  }

  Time RawWriters() const {
    const ScratchFolder folder(arguments_.folder);
    RawLog raw(folder.path());
    const size_t each = arguments_.writer_events;
    return TimeOfWriters(kWriters, [&](size_t writer) {
      for (size_t i = 0; i < each; ++i) raw.Put(records_[writer * each + i]);
    });
  }

  void Replay() {
    Row* const decoded = AddRow("replay");
    Row* const bytes = AddRow("replay, undecoded");
    const ScratchFolder ours(arguments_.folder);
    const ScratchFolder raw(arguments_.folder);
    FillForReplay(ours.path(), raw.path());
    for (size_t round = 0; round < arguments_.rounds; ++round) {
      const RawLog peer(raw.path());
      const MeasuredStore store(ours.path(), /*projected=*/false);
      uint64_t read = 0;
      const Time scan = TimeOf([&] { read = peer.Scan(); });
      for (Row* const row : {decoded, bytes}) row->peer.Add(static_cast<double>(read), scan);
      const Time replay = TimeOf([&] { read = store.Replay(); });
      decoded->ours.Add(static_cast<double>(read), replay);
      const Time replay_bytes = TimeOf([&] { read = store.ReplayBytes(); });
      bytes->ours.Add(static_cast<double>(read), replay_bytes);
    }
  }

  void FillForReplay(const std::string& ours, const std::string& raw) const {
    MeasuredStore store(ours, /*projected=*/false);
    RawLog peer(raw);
    const absl::Span<const RawRecord> records(records_);
    for (size_t i = 0; i < arguments_.events; i += kBatch) {
      store.Append(MakeEvents(kSeed, i, kBatch));
      peer.Write(records.subspan(i, kBatch));
    }
    store.Flush();
    peer.Flush();
  }

  static constexpr size_t kMostRows = 16;

  const Arguments arguments_;
  std::vector<RawRecord> records_;
  std::vector<Row> rows_;
};

std::string Span(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return absl::StrFormat("%.0f-%.0f", *least, *most);
}

void PrintTable(const std::vector<Row>& rows) {
  const auto print = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  constexpr char kForm[] = "%-48s %12s %12s %6s %17s %17s %8s %8s";

  print(absl::StrFormat(kForm, "medians", "events/s", "RocksDB", "ratio", "min-max",
                        "RocksDB, min-max", "CPU µs", "RocksDB"));
  for (const Row& row : rows) {
    const double ours = Median(row.ours.events_per_second);
    const double peer = Median(row.peer.events_per_second);
    print(absl::StrFormat(kForm, row.name, absl::StrFormat("%.0f", ours),
                          absl::StrFormat("%.0f", peer), absl::StrFormat("%.2f", ours / peer),
                          Span(row.ours.events_per_second), Span(row.peer.events_per_second),
                          absl::StrFormat("%.2f", Median(row.ours.cpu_micros_per_event)),
                          absl::StrFormat("%.2f", Median(row.peer.cpu_micros_per_event))));
  }
}

bool WriteJson(const std::vector<Row>& rows, const std::string& path) {
  std::string text = "[";
  for (const Row& row : rows) {
    const double ours = Median(row.ours.events_per_second);
    const double peer = Median(row.peer.events_per_second);
    absl::StrAppend(&text, text.size() > 1 ? ",\n " : "\n ",
                    absl::StrFormat(R"({"name": "%s", "unit": "events/s", "ours": %.0f, )"
                                    R"("peer": %.0f, "peerName": "RocksDB", "ratio": %.3f})",
                                    row.name, ours, peer, ours / peer));
  }
  absl::StrAppend(&text, "\n]\n");
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

bool ReadCount(const char* text, size_t multiple, size_t* count) {
  return absl::SimpleAtoi(text, count) && *count > 0 && *count % multiple == 0;
}

bool ReadArguments(int argc, char** argv, Arguments* arguments) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const absl::string_view name = argv[i];
    const char* const value = argv[i + 1];
    bool good = true;
    if (name == "--rounds") {
      good = ReadCount(value, 1, &arguments->rounds);
    } else if (name == "--events") {
      good = ReadCount(value, kBatch, &arguments->events);
    } else if (name == "--writer-events") {
      good = ReadCount(value, 1, &arguments->writer_events);
    } else if (name == "--folder") {
      arguments->folder = value;
    } else if (name == "--only") {
      arguments->only = value;
    } else if (name == "--json") {
      arguments->json = value;
    } else {
      good = false;
    }
    if (!good) return false;
  }
  return argc % 2 == 1;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!ReadArguments(argc, argv, &arguments)) {
    std::fprintf(stderr,
                 "usage: %s [--rounds N] [--events N, in thousands] [--writer-events N] "
                 "[--folder PATH] [--only batches|unprojected|writers|replay] [--json FILE]\n",
                 argv[0]);
    return 2;
  }
  const std::vector<Row> rows = LogBenchmark(arguments).Run();
  PrintTable(rows);
  if (arguments.json.empty() || WriteJson(rows, arguments.json)) return 0;
  std::fprintf(stderr, "can't write %s\n", arguments.json.c_str());
  return 1;
}

}  // namespace
}  // namespace annals::bench

int main(int argc, char** argv) { return annals::bench::Main(argc, argv); }
