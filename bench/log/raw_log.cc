#include "bench/log/raw_log.h"

#include <cstdio>
#include <cstdlib>

#include "rocksdb/cache.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"

namespace annals::bench {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "RocksDB: %s\n", status.ToString().c_str());
  std::exit(1);
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

// Looks at both ends of the bytes, so that they have to be there.
uint64_t Touch(const rocksdb::Slice& bytes) {
  if (bytes.empty()) return 0;
  return bytes.size() + static_cast<unsigned char>(bytes[0]) +
         static_cast<unsigned char>(bytes[bytes.size() - 1]);
}

}  // namespace

RawLog::RawLog(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.max_background_jobs = 2;
  options.write_buffer_size = 64 * kMiB;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(256 * kMiB);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* db = nullptr;
  Check(rocksdb::DB::Open(options, folder, &db));
  db_.reset(db);
}

void RawLog::Write(absl::Span<const RawRecord> records) {
  rocksdb::WriteBatch batch;
  for (const RawRecord& record : records) Check(batch.Put(record.key, record.value));
  Check(db_->Write(Synced(), &batch));
}

void RawLog::Put(const RawRecord& record) { Check(db_->Put(Synced(), record.key, record.value)); }

void RawLog::Flush() { Check(db_->Flush(rocksdb::FlushOptions())); }

uint64_t RawLog::Scan() const {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  uint64_t touched = 0;
  uint64_t records = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    touched += Touch(it->key()) + Touch(it->value());
    ++records;
  }
  Check(it->status());
  if (touched == 0) return 0;
  return records;
}

}  // namespace annals::bench
