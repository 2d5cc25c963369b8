// FaultyDisk: stands between a program and the disk, below everything else.
//
//   FaultyDisk disk(folder);
//   disk.Fail({.calls = {Call::kSync}, .nth = 3});
//   …                                       // The third sync in the folder fails.
//   disk.Heal();
//   const DiskImage left = disk.trace().Crash(n, Unsynced::kReordered, &random);
//
// It takes the place of the C library's functions (at the end of faulty_disk.cc), so RocksDB's
// files, HEAD, FORMAT and LOCK go through it alike, and the engine knows nothing
// of it. Link it into a test and its folder is watched; other files are not.
#ifndef ANNALS_TESTS_TESTING_FAULTS_FAULTY_DISK_H_
#define ANNALS_TESTS_TESTING_FAULTS_FAULTY_DISK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/testing/faults/disk_trace.h"

namespace annals::testing {

// What a program asks of a disk.
enum class Call { kRead, kWrite, kSync, kChangeFolder };

// A value.
struct Fault {
  enum class Kind {
    kError,  // Nothing is done.
    kShort,  // Half of a write is done, and reported: the caller may go on.
    kTorn,   // Half of a write is done, and the rest is an error.
  };

  std::set<Call> calls = {Call::kWrite, Call::kSync, Call::kChangeFolder};
  uint64_t nth = 1;  // Of these calls, counted from Fail() on.
  bool for_good = false;
  Kind kind = Kind::kError;
};

// Whether what is done is remembered, or only let through.
enum class Recording { kOn, kOff };

// One at a time. Thread-safe. While it lives, syncs in the folder return at once:
// what they would have made durable is known from the trace.
class FaultyDisk {
 public:
  explicit FaultyDisk(const std::string& folder, Recording recording = Recording::kOn);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  void Fail(const Fault& fault);
  // From now on files may grow by so much together; then the disk is full.
  void LeaveBytes(uint64_t bytes);
  void Heal();

  // Whether the fault that was asked for has struck.
  bool struck() const;

  // How many operations were recorded: the present moment.
  size_t now() const;

  // Nothing may be at work on the folder.
  const DiskTrace& trace() const { return trace_; }

 private:
  friend class WatchedCalls;

  struct Handle {
    uint64_t file = 0;  // 0: a folder.
    std::string path;   // In the folder.
  };

  // What is to be done instead of the call: an error, or part of a write.
  struct Verdict {
    int error = 0;
    std::optional<size_t> part;
  };
  Verdict Judge(Call call, size_t write_bytes);

  std::optional<std::string> PathInFolder(const char* path) const;

  // All below is guarded by a mutex that outlives every disk.
  const std::string folder_;
  const Recording recording_;
  DiskTrace trace_;
  std::map<int, Handle> handles_;
  std::map<std::string, uint64_t> files_;
  uint64_t last_file_ = 0;
  std::optional<Fault> fault_;
  uint64_t calls_ = 0;  // Of the fault's kinds.
  bool rest_fails_ = false;
  bool struck_ = false;
  std::optional<uint64_t> bytes_left_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_FAULTS_FAULTY_DISK_H_
