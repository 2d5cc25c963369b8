// RawLog: RocksDB by itself, keeping the same records under one key an event.
#ifndef ANNALS_BENCH_LOG_RAW_LOG_H_
#define ANNALS_BENCH_LOG_RAW_LOG_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rocksdb/db.h"

namespace annals::bench {

struct RawRecord {
  std::string key;
  std::string value;
};

// What the log is measured against: RocksDB's defaults, with the compression,
// the write buffer and the block cache that a store has. Every write is synced.
// Ends the program when RocksDB fails. Thread-safe.
class RawLog {
 public:
  // Opens the database in `folder`, or makes it.
  explicit RawLog(const std::string& folder);

  // One batch, one sync.
  void Write(absl::Span<const RawRecord> records);
  void Put(const RawRecord& record);

  void Flush();

  // Walks over everything with an iterator, and looks at every key and value.
  // How many there are.
  uint64_t Scan() const;

 private:
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_LOG_RAW_LOG_H_
