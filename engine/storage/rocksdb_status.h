// FromRocksDb: the one translation of RocksDB's statuses into ours.
#ifndef ANNALS_ENGINE_STORAGE_ROCKSDB_STATUS_H_
#define ANNALS_ENGINE_STORAGE_ROCKSDB_STATUS_H_

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace annals::storage {

// RocksDB's own text, which names the file, stays in the message.
//   corruption, a file that is gone           DATA_LOSS
//   no space, a file or memory limit          RESOURCE_EXHAUSTED
//   any other input or output error, busy     UNAVAILABLE
//   not found                                 NOT_FOUND
//   a write to a read-only database           FAILED_PRECONDITION
//   what only a bug of ours can cause         INTERNAL
absl::Status FromRocksDb(const rocksdb::Status& status);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_ROCKSDB_STATUS_H_
