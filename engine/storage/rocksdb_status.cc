#include "engine/storage/rocksdb_status.h"

namespace annals::storage {
namespace {

absl::StatusCode CodeOfIoError(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit)
    return absl::StatusCode::kResourceExhausted;
  if (status.IsPathNotFound()) return absl::StatusCode::kDataLoss;
  return absl::StatusCode::kUnavailable;
}

absl::StatusCode CodeOf(const rocksdb::Status& status) {
  switch (status.code()) {
    case rocksdb::Status::kCorruption:
    case rocksdb::Status::kIncomplete:
      return absl::StatusCode::kDataLoss;
    case rocksdb::Status::kIOError:
      return CodeOfIoError(status);
    case rocksdb::Status::kAborted:
      // RocksDB reports a memory limit as "aborted" with a subcode.
      return status.IsMemoryLimit() ? absl::StatusCode::kResourceExhausted
                                    : absl::StatusCode::kAborted;
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTimedOut:
    case rocksdb::Status::kTryAgain:
      return absl::StatusCode::kUnavailable;
    case rocksdb::Status::kNotFound:
      return absl::StatusCode::kNotFound;
    case rocksdb::Status::kNotSupported:
    case rocksdb::Status::kShutdownInProgress:
      return absl::StatusCode::kFailedPrecondition;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(CodeOf(status), status.ToString());
}

}  // namespace annals::storage
