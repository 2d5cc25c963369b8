// WalPrefixFilter: makes recovery stop at the first hole in the write-ahead log.
#ifndef ANNALS_ENGINE_STORAGE_WAL_PREFIX_FILTER_H_
#define ANNALS_ENGINE_STORAGE_WAL_PREFIX_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "rocksdb/wal_filter.h"

namespace annals::storage {

// Every write has a sequence number, and takes as many as it has changes, so the
// records of all log files together are consecutive. This filter ends recovery at
// the first that isn't the last one's successor, whatever RocksDB makes of it: what
// is recovered is always a prefix of what was written, and the durable head can tell
// whether it is long enough. Used by one recovery, on one thread.
class WalPrefixFilter final : public rocksdb::WalFilter {
 public:
  WalProcessingOption LogRecordFound(unsigned long long log_number,
                                     const std::string& log_file_name,
                                     const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch, bool* batch_changed) override;

  const char* Name() const override { return "annals.WalPrefixFilter"; }

 private:
  std::optional<uint64_t> next_sequence_;
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_WAL_PREFIX_FILTER_H_
