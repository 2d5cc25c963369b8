#include "engine/storage/commit_record.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals::storage {

std::string EncodeCommitRecord(const CommitRecord& record) {
  std::string bytes;
  bytes.reserve(kCommitRecordBytes);
  AppendBigEndian64(&bytes, record.number);
  AppendBigEndian64(&bytes, record.events);
  AppendBigEndian32(&bytes, record.timeline);
  AppendBigEndian64(&bytes, record.position.value);
  AppendHash(&bytes, record.chain);
  return bytes;
}

absl::StatusOr<CommitRecord> DecodeCommitRecord(absl::string_view bytes) {
  if (bytes.size() != kCommitRecordBytes) {
    return absl::DataLossError(
        absl::StrCat("a commit record has ", bytes.size(), " bytes, not ", kCommitRecordBytes));
  }
  CommitRecord record;
  ANNALS_ASSIGN_OR_RETURN(record.number, ReadBigEndian64(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.events, ReadBigEndian64(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.timeline, ReadBigEndian32(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.position.value, ReadBigEndian64(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.chain, ReadHash(&bytes));
  return record;
}

std::string LogKey(uint32_t timeline, Position position) {
  std::string key;
  key.reserve(sizeof(timeline) + sizeof(position.value));
  AppendBigEndian32(&key, timeline);
  AppendBigEndian64(&key, position.value);
  return key;
}

}  // namespace annals::storage
