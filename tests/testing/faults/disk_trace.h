// DiskTrace: every change that was made to a folder's files, in order; and what
// a disk may hold of them after a crash.
#ifndef ANNALS_TESTS_TESTING_FAULTS_DISK_TRACE_H_
#define ANNALS_TESTS_TESTING_FAULTS_DISK_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model/random.h"

namespace annals::testing {

// A folder's files by their paths in it, and its folders. A value.
struct DiskImage {
  std::map<std::string, std::string> files;
  std::set<std::string> folders;

  // RocksDB's own messages (LOG, LOG.old.…) are left out: nothing depends on them.
  static DiskImage Read(const std::string& folder);

  // Makes `folder` hold this and nothing else.
  void WriteTo(const std::string& folder) const;

  bool operator==(const DiskImage&) const = default;
};

// One call that changed something, or made changes durable. A value.
struct DiskOperation {
  enum class Kind {
    kMakeFile,
    kMakeFolder,
    kRename,  // path → to
    kLink,    // path → to
    kRemove,  // A file or an empty folder.
    kWrite,   // bytes at offset
    kResize,  // to offset
    kSyncFile,
    kFailedSyncFile,  // What was unsynced counts as clean, and may never be written.
    kSyncFolder,
  };

  Kind kind = Kind::kWrite;
  uint64_t file = 0;  // Of the four that concern a file's contents, and kMakeFile.
  std::string path;   // Of all others.
  std::string to;
  uint64_t offset = 0;
  std::string bytes;
};

// What becomes of that which was not synced.
enum class Unsynced {
  kKept,       // The program died, the machine lives on.
  kDropped,    // All of it is gone.
  kCutOff,     // What came after some moment is gone; the last write is torn.
  kReordered,  // Each sector fares by itself. A folder's entries are cut off at some
               // moment of their own: journaling file systems keep their order, and
               // RocksDB, which makes a table and names it before it syncs the
               // folder once, relies on that.
};

// Not thread-safe.
class DiskTrace {
 public:
  // What is in `base` counts as durable. Its files are numbered in the order of
  // their paths, from 1.
  explicit DiskTrace(DiskImage base) : base_(std::move(base)) {}

  void Add(DiskOperation operation) { operations_.push_back(std::move(operation)); }

  const std::vector<DiskOperation>& operations() const { return operations_; }
  const DiskImage& base() const { return base_; }

  // What the disk may hold after a crash that let `count` operations happen. Of
  // the possible images, `random` chooses.
  DiskImage Crash(size_t count, Unsynced unsynced, model::Random* random) const;

 private:
  const DiskImage base_;
  std::vector<DiskOperation> operations_;
};

// The sectors that a disk writes whole.
inline constexpr size_t kSectorBytes = 512;

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_FAULTS_DISK_TRACE_H_
