#include "engine/storage/durable_head.h"

#include <fcntl.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

constexpr absl::string_view kMagic = "annhead1";
constexpr int kSlots = 2;
constexpr size_t kSlotBytes = 8 + kCommitRecordBytes + kHashBytes;
static_assert(kSlotBytes <= kHeadSlotStride);

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

struct Slots {
  CommitRecord newest;
  int newest_slot = 0;
  int bad = 0;
};

absl::StatusOr<Slots> ReadSlots(const PosixFile& file) {
  Slots slots;
  bool found = false;
  for (int i = 0; i < kSlots; ++i) {
    ANNALS_ASSIGN_OR_RETURN(const std::string bytes, file.ReadAt(i * kHeadSlotStride, kSlotBytes));
    const std::optional<CommitRecord> record = DecodeHeadSlot(bytes);
    if (!record) {
      ++slots.bad;
    } else if (!found || record->number > slots.newest.number) {
      slots.newest = *record;
      slots.newest_slot = i;
      found = true;
    }
  }
  if (found) return slots;
  return absl::DataLossError(
      absl::StrCat(file.path(),
                   ": both slots are damaged, so nothing tells which commits were "
                   "acknowledged. Copy the whole folder before you try anything, then "
                   "restore HEAD or the store from a backup"));
}

}  // namespace

std::string EncodeHeadSlot(const CommitRecord& record) {
  std::string bytes = absl::StrCat(kMagic, EncodeCommitRecord(record));
  AppendHash(&bytes, HashBytes(bytes));
  return bytes;
}

// Both pages are written in full, so that no later write changes the file's length
// or blocks: fdatasync then has nothing but the page to sync.
std::string EncodeHead(const CommitRecord& record) {
  std::string page = EncodeHeadSlot(record);
  page.resize(kHeadSlotStride);
  return absl::StrCat(page, page);
}

absl::Status DurableHead::Create(const std::string& path) {
  return WriteNewFile(path, EncodeHead(CommitRecord()));
}

absl::StatusOr<std::unique_ptr<DurableHead>> DurableHead::Open(const std::string& path) {
  absl::StatusOr<PosixFile> file = PosixFile::Open(path, O_RDWR);
  if (absl::IsNotFound(file.status())) {
    return absl::DataLossError(
        absl::StrCat(path,
                     " is missing, so nothing tells which commits were acknowledged. Copy "
                     "the whole folder before you try anything, then restore HEAD or the "
                     "store from a backup"));
  }
  if (!file.ok()) return file.status();
  ANNALS_ASSIGN_OR_RETURN(const Slots slots, ReadSlots(*file));
  return std::unique_ptr<DurableHead>(
      new DurableHead(*std::move(file), slots.newest, slots.newest_slot, slots.bad > 0));
}

absl::Status DurableHead::Advance(const CommitRecord& record) {
  if (failed_) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a former write to ", file_.path(), " failed: close the store and open it again"));
  }
  failed_ = true;
  const int slot = 1 - last_slot_;
  ANNALS_RETURN_IF_ERROR(file_.WriteAt(slot * kHeadSlotStride, EncodeHeadSlot(record)));
  ANNALS_RETURN_IF_ERROR(file_.Sync());
  failed_ = false;
  last_slot_ = slot;
  last_ = record;
  return absl::OkStatus();
}

absl::StatusOr<CommitRecord> DurableHead::Reread() const {
  ANNALS_ASSIGN_OR_RETURN(const Slots slots, ReadSlots(file_));
  return slots.newest;
}

}  // namespace annals::storage
