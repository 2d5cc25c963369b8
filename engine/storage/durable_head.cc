#include "engine/storage/durable_head.h"

#include <fcntl.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

constexpr absl::string_view kMagic = "annhead1";
constexpr size_t kSlotBytes = 8 + kCommitRecordBytes + kHashBytes;
static_assert(kSlotBytes <= kHeadSlotStride);

// A sync delays the write-ahead log's, if only a little: one every so often is enough.
constexpr std::chrono::milliseconds kRest{10};

std::optional<CommitRecord> DecodeHeadSlot(absl::string_view bytes) {
  if (bytes.size() != kSlotBytes) return std::nullopt;
  const absl::string_view hashed = bytes.substr(0, kSlotBytes - kHashBytes);
  absl::string_view stored = bytes.substr(hashed.size());
  const absl::StatusOr<Hash128> hash = ReadHash(&stored);
  if (!hash.ok() || *hash != HashBytes(hashed)) return std::nullopt;
  if (hashed.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  const absl::StatusOr<CommitRecord> record = DecodeCommitRecord(hashed.substr(kMagic.size()));
  if (!record.ok()) return std::nullopt;
  return *record;
}

struct Found {
  CommitRecord newest;
  int newest_slot = 0;
  std::vector<int> others;  // Bad ones first.
  int bad = 0;
};

absl::StatusOr<Found> ReadSlots(const PosixFile& file) {
  std::array<std::optional<CommitRecord>, kHeadSlots> records;
  Found found;
  bool any = false;
  for (int i = 0; i < kHeadSlots; ++i) {
    ANNALS_ASSIGN_OR_RETURN(const std::string bytes, file.ReadAt(i * kHeadSlotStride, kSlotBytes));
    records[i] = DecodeHeadSlot(bytes);
    if (!records[i] || (any && records[i]->number <= found.newest.number)) continue;
    found.newest = *records[i];
    found.newest_slot = i;
    any = true;
  }
  if (!any) {
    return absl::DataLossError(absl::StrCat(
        file.path(), ": all slots are damaged, so nothing tells which commits were acknowledged"));
  }
  for (int i = 1; i < kHeadSlots; ++i) {
    const int slot = (found.newest_slot + i) % kHeadSlots;
    found.others.insert(records[slot] ? found.others.end() : found.others.begin() + found.bad,
                        slot);
    found.bad += records[slot] ? 0 : 1;
  }
  return found;
}

}  // namespace

std::string EncodeHeadSlot(const CommitRecord& record) {
  std::string bytes = absl::StrCat(kMagic, EncodeCommitRecord(record));
  AppendHash(&bytes, HashBytes(bytes));
  return bytes;
}

// All pages are written in full, so that no later write changes the file's length
// or blocks: fdatasync then has nothing but the page to sync.
std::string EncodeHead(const CommitRecord& record) {
  std::string page = EncodeHeadSlot(record);
  page.resize(kHeadSlotStride);
  std::string pages;
  for (int i = 0; i < kHeadSlots; ++i) pages += page;
  return pages;
}

absl::Status DurableHead::Create(const std::string& path) {
  return WriteNewFile(path, EncodeHead(CommitRecord()));
}

absl::StatusOr<std::unique_ptr<DurableHead>> DurableHead::Open(const std::string& path) {
  absl::StatusOr<PosixFile> file = PosixFile::Open(path, O_RDWR);
  if (absl::IsNotFound(file.status())) {
    return absl::DataLossError(
        absl::StrCat(path, " is missing, so nothing tells which commits were acknowledged"));
  }
  if (!file.ok()) return file.status();
  ANNALS_ASSIGN_OR_RETURN(const Found found, ReadSlots(*file));
  const Slots slots = {
      .synced = found.newest_slot, .in_flight = found.others[1], .writing = found.others[0]};
  return std::unique_ptr<DurableHead>(
      new DurableHead(*std::move(file), found.newest, slots, found.bad));
}

DurableHead::~DurableHead() {
  std::thread syncer;
  {
    MutexLock hold(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
    syncer = std::move(syncer_);
  }
  if (syncer.joinable()) syncer.join();
}

CommitRecord DurableHead::last() const {
  MutexLock hold(&mutex_);
  return last_;
}

absl::Status DurableHead::FormerFailure() const {
  return absl::FailedPreconditionError(
      absl::StrCat("a former write to ", file_.path(),
                   " failed: close the store and open it again. It was: ", failure_.message()));
}

absl::Status DurableHead::Advance(const CommitRecord& record) {
  MutexLock hold(&mutex_);
  if (!failure_.ok()) return FormerFailure();
  failure_ = file_.WriteAt(slots_.writing * kHeadSlotStride, EncodeHeadSlot(record));
  if (!failure_.ok()) return failure_;
  last_ = record;
  unsynced_ = true;
  if (!syncer_.joinable()) syncer_ = std::thread([this] { KeepSynced(); });
  changed_.NotifyAll();
  return absl::OkStatus();
}

absl::Status DurableHead::Sync() {
  MutexLock hold(&mutex_);
  while (failure_.ok() && (syncing_ || unsynced_)) {
    if (syncing_) {
      changed_.Wait(&mutex_);
      continue;
    }
    SyncOnce();
    if (!failure_.ok()) return failure_;
  }
  return failure_.ok() ? failure_ : FormerFailure();
}

void DurableHead::KeepSynced() {
  using SteadyClock = std::chrono::steady_clock;
  MutexLock hold(&mutex_);
  while (!stopping_ && failure_.ok()) {
    if (syncing_ || !unsynced_) {
      changed_.Wait(&mutex_);
      continue;
    }
    SyncOnce();
    const SteadyClock::time_point until = SteadyClock::now() + kRest;
    for (auto left = kRest; !stopping_ && left.count() > 0;
         left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now())) {
      changed_.WaitFor(&mutex_, left);
    }
  }
}

// Meanwhile records are written to the third slot.
void DurableHead::SyncOnce() {
  syncing_ = true;
  unsynced_ = false;
  std::swap(slots_.writing, slots_.in_flight);
  mutex_.Unlock();
  const absl::Status synced = file_.Sync();
  mutex_.Lock();
  syncing_ = false;
  if (synced.ok()) {
    std::swap(slots_.synced, slots_.in_flight);
  } else if (failure_.ok()) {
    failure_ = synced;
  }
  changed_.NotifyAll();
}

absl::StatusOr<CommitRecord> DurableHead::Reread() const {
  ANNALS_ASSIGN_OR_RETURN(const Found found, ReadSlots(file_));
  return found.newest;
}

}  // namespace annals::storage
