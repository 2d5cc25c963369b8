// How RocksDB is set up, and why.
#ifndef ANNALS_ENGINE_STORAGE_ROCKSDB_OPTIONS_H_
#define ANNALS_ENGINE_STORAGE_ROCKSDB_OPTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/storage/family.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/wal_filter.h"

namespace annals::storage {

// RocksDB keeps its own checksum of every key from the batch to the memtable.
inline constexpr size_t kProtectionBytesPerKey = 8;

// For the database in `folder`. `wal_filter` must live until the database is open. RocksDB's own
// lock on the folder is off: see folder_lock.h.
rocksdb::DBOptions MakeDbOptions(const std::string& folder, bool create_if_missing,
                                 rocksdb::WalFilter* wal_filter);

// Recovers whatever is readable, behind damage too.
void PassOverDamage(rocksdb::DBOptions* options);

// What RocksDB calls a family.
std::string NameOf(Family family);

// In the order of kFamilies.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const std::shared_ptr<rocksdb::Cache>& block_cache, size_t write_buffer_bytes);

// Every block that is read is checked.
rocksdb::ReadOptions MakeReadOptions();
rocksdb::WriteOptions MakeWriteOptions(Durability durability);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_ROCKSDB_OPTIONS_H_
