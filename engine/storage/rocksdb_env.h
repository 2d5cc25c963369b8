// StoreEnv: the file system, as RocksDB sees it in a store.
#ifndef ANNALS_ENGINE_STORAGE_ROCKSDB_ENV_H_
#define ANNALS_ENGINE_STORAGE_ROCKSDB_ENV_H_

#include "rocksdb/env.h"

namespace annals::storage {

// The usual one, but
// * without locks: FolderLock keeps others out, whole stores at a time. RocksDB's own
//   lock would also keep out whoever reopens a store whose failed database was
//   abandoned (database.cc);
// * with a sum beside each manifest (manifest_sum.h), from before CURRENT names it
//   until it is deleted.
// Lives until the program ends. Thread-safe.
rocksdb::Env* StoreEnv();

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_ROCKSDB_ENV_H_
