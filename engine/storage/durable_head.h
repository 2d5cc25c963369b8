// DurableHead: the file HEAD, which remembers the last acknowledged commit even
// when RocksDB's recovery forgets it.
#ifndef ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_
#define ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/posix_file.h"

namespace annals::storage {

// Two slots, each in a page of its own, hold commit records with a checksum.
// Advance() overwrites the slot with the older one, so that a torn write leaves
// the newer. Invariant: last() is on disk. Not thread-safe.
class DurableHead {
 public:
  // Makes the file of an empty store. ALREADY_EXISTS if there is one.
  static absl::Status Create(const std::string& path);

  // DATA_LOSS if the file is missing or neither slot is whole. If one is whole,
  // it counts: docs/decisions/0002-durable-head.md says why it may.
  static absl::StatusOr<std::unique_ptr<DurableHead>> Open(const std::string& path);

  const CommitRecord& last() const { return last_; }

  // Whether Open() found a slot that was torn or damaged.
  bool found_bad_slot() const { return found_bad_slot_; }

  // On disk when it returns: one write and one fdatasync. After an error every
  // later call fails with FAILED_PRECONDITION: what the slot holds is unknown.
  absl::Status Advance(const CommitRecord& record);

  // What the file holds now. DATA_LOSS as for Open.
  absl::StatusOr<CommitRecord> Reread() const;

 private:
  DurableHead(PosixFile file, const CommitRecord& last, int last_slot, bool found_bad_slot)
      : file_(std::move(file)),
        last_(last),
        last_slot_(last_slot),
        found_bad_slot_(found_bad_slot) {}

  PosixFile file_;
  CommitRecord last_;
  int last_slot_;
  bool found_bad_slot_;
  bool failed_ = false;
};

// The whole file of a store whose last commit is `record`.
std::string EncodeHead(const CommitRecord& record);

// A slot's bytes, without the zeros that fill its page: a magic text, the
// record, and the hash of both.
std::string EncodeHeadSlot(const CommitRecord& record);

inline constexpr uint64_t kHeadSlotStride = 4096;

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_DURABLE_HEAD_H_
