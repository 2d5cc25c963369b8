// A writer in a process of its own: appends to a store, tells of each append, and
// may run out of memory.
//
//   writer --store=DIR --name=NAME --threads=N --appends=N [--fail_allocation=N] [--for_good]
//
// Without --appends it goes on until it is killed. Exit codes: 0 all was appended,
// 2 an append was refused, 4 the store couldn't be opened, 64 usage; and whatever a
// failing allocation makes of it. --count tells how many allocations there were.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/query/store.h"
#include "tests/recovery/writer_protocol.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/lighthouses/lighthouses.h"

namespace {

std::atomic<uint64_t> allocations = 0;
std::atomic<uint64_t> failing_allocation = 0;  // 0: none.
std::atomic<bool> fails_for_good = false;

bool Fails() {
  const uint64_t number = ++allocations;
  const uint64_t failing = failing_allocation.load(std::memory_order_relaxed);
  return failing != 0 && (number == failing || (fails_for_good && number > failing));
}

}  // namespace

// Of the whole program, RocksDB included.
void* operator new(size_t size) {
  void* memory = Fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return Fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace annals::recovery {
namespace {

// A program that hangs is ended, so that it is seen.
constexpr unsigned kMostSeconds = 300;

struct Settings {
  std::string store;
  std::string name;
  uint64_t threads = 1;
  uint64_t appends = 0;
  uint64_t failing = 0;
  bool counts = false;
};

bool ReadSettings(int argc, char** argv, Settings* settings) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    bool good = true;
    if (absl::ConsumePrefix(&argument, "--store=")) {
      settings->store = std::string(argument);
    } else if (absl::ConsumePrefix(&argument, "--name=")) {
      settings->name = std::string(argument);
    } else if (absl::ConsumePrefix(&argument, "--threads=")) {
      good = absl::SimpleAtoi(argument, &settings->threads);
    } else if (absl::ConsumePrefix(&argument, "--appends=")) {
      good = absl::SimpleAtoi(argument, &settings->appends);
    } else if (absl::ConsumePrefix(&argument, "--fail_allocation=")) {
      good = absl::SimpleAtoi(argument, &settings->failing);
    } else if (argument == "--for_good") {
      fails_for_good = true;
    } else if (argument == "--count") {
      settings->counts = true;
    } else {
      good = false;
    }
    if (!good) return false;
  }
  return !settings->store.empty() && !settings->name.empty();
}

// One thread's appends.
void Write(const Settings& settings, uint64_t thread, Store* store, std::atomic<bool>* refused) {
  for (uint64_t number = 0; settings.appends == 0 || number < settings.appends; ++number) {
    const std::string id = absl::StrCat(settings.name, "-", thread, "-", number);
    TellBegin(id);
    const auto receipts = store->log().Append({.timeline = "north", .events = {WriterEvent(id)}});
    if (!receipts.ok()) {
      *refused = true;
      return;
    }
    TellDone(receipts->front());
  }
}

int Run(const Settings& settings) {
  const std::vector<Domain> domains = {testing::LighthousesDomain()};
  Store::Options options;
  options.database.block_cache_bytes = size_t{1} << 20;
  options.database.write_buffer_bytes = size_t{4} << 20;
  options.index.page_cache_bytes = size_t{1} << 20;
  // What isn't synced survives the end of a program, so syncs needn't take time.
  const testing::FaultyDisk disk(settings.store, testing::Recording::kOff);
  allocations = 0;
  failing_allocation = settings.failing;
  auto store = Store::Open(settings.store, &domains, options);
  if (!store.ok()) return 4;
  std::atomic<bool> refused = false;
  std::vector<std::thread> threads;
  for (uint64_t i = 1; i < settings.threads; ++i) {
    threads.emplace_back(Write, settings, i, store->get(), &refused);
  }
  Write(settings, 0, store->get(), &refused);
  for (std::thread& thread : threads) thread.join();
  store->reset();
  failing_allocation = 0;
  if (settings.counts) TellCount(allocations);
  return refused ? 2 : 0;
}

}  // namespace
}  // namespace annals::recovery

int main(int argc, char** argv) {
  annals::recovery::Settings settings;
  if (!annals::recovery::ReadSettings(argc, argv, &settings)) {
    std::fputs("writer: see the top of writer.cc\n", stderr);
    return 64;
  }
  if (settings.appends != 0) ::alarm(annals::recovery::kMostSeconds);
  std::set_terminate([] { std::abort(); });  // Which needn't be told about each time.
  return annals::recovery::Run(settings);
}
