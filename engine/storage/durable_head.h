// DurableHead: the file HEAD, which remembers the last acknowledged commit even
// when RocksDB's recovery forgets it.
#ifndef ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_
#define ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/posix_file.h"

namespace annals::storage {

// Three slots, each in a page of its own, hold commit records with a checksum. The one
// that was synced last is left alone until another is, so that a torn write leaves a
// whole record. A thread of its own syncs what Advance() wrote, at once or, after a
// sync, ten milliseconds later (docs/decisions/0013-the-head-follows.md).
// Invariant: the file says last(), and the disk last() or an earlier record. Thread-safe.
class DurableHead {
 public:
  // Makes the file of an empty store. ALREADY_EXISTS if there is one.
  static absl::Status Create(const std::string& path);

  // DATA_LOSS if the file is missing or no slot is whole. If one is whole, it counts:
  // docs/decisions/0002-durable-head.md says why it may.
  static absl::StatusOr<std::unique_ptr<DurableHead>> Open(const std::string& path);

  // What was written and not yet synced stays so: call Sync() before.
  ~DurableHead();

  CommitRecord last() const;

  // How many slots Open() found torn, damaged or missing: the next so many records go
  // there, if each is synced.
  int bad_slots() const { return bad_slots_; }

  // One write, which the program's end doesn't undo; it doesn't wait for the disk.
  // After an error, also of a sync, every later call fails with FAILED_PRECONDITION:
  // what the slot holds is unknown.
  absl::Status Advance(const CommitRecord& record);

  // Returns when last() is on disk. Errors as Advance's.
  absl::Status Sync();

  // What the file holds now. DATA_LOSS as for Open.
  absl::StatusOr<CommitRecord> Reread() const;

 private:
  // Each is one of the three.
  struct Slots {
    int synced;
    int in_flight;  // Being synced; or free.
    int writing;    // Where the next record goes.
  };

  DurableHead(PosixFile file, const CommitRecord& last, Slots slots, int bad_slots)
      : file_(std::move(file)), bad_slots_(bad_slots), last_(last), slots_(slots) {}

  absl::Status FormerFailure() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void KeepSynced();
  void SyncOnce() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  PosixFile file_;
  const int bad_slots_;

  mutable Mutex mutex_;
  CondVar changed_;
  CommitRecord last_ ABSL_GUARDED_BY(mutex_);
  Slots slots_ ABSL_GUARDED_BY(mutex_);
  bool unsynced_ ABSL_GUARDED_BY(mutex_) = false;  // Written since the last sync began.
  bool syncing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::thread syncer_ ABSL_GUARDED_BY(mutex_);  // Runs from the first Advance() on.
};

// The whole file of a store whose last commit is `record`.
std::string EncodeHead(const CommitRecord& record);

// A slot's bytes, without the zeros that fill its page: a magic text, the
// record, and the hash of both.
std::string EncodeHeadSlot(const CommitRecord& record);

inline constexpr int kHeadSlots = 3;
inline constexpr uint64_t kHeadSlotStride = 4096;

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_
