#include "engine/storage/rocksdb_options.h"

#include <memory>
#include <string>

#include "engine/storage/message_log.h"
#include "engine/storage/rocksdb_env.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace annals::storage {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
// Opening replays up to this twice: once to look, once in earnest.
constexpr size_t kMaxWalBytes = 192 * kMiB;
// The log is read along more often than at one position: larger blocks than
// RocksDB's 4 KiB halve the time of that, and compress better.
constexpr size_t kLogBlockBytes = size_t{16} << 10;
constexpr double kBloomBitsPerKey = 10;
constexpr size_t kMeasurePartBytes = 13;  // Timeline, generation, measure, part.
// A file goes when nothing in it is needed any more, so it shouldn't hold much else.
constexpr size_t kBlobFileBytes = 64 * kMiB;
constexpr size_t kMinBlobBytes = 256;

// A stream's key without the revision at its end. A stream's new entry comes
// right behind its last one: RocksDB remembers for each prefix where it inserted
// last, and needn't search a memtable that all streams share.
class StreamOfKey final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "annals.StreamOfKey"; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() >= kRevisionBytes; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - kRevisionBytes};
  }

 private:
  static constexpr size_t kRevisionBytes = 8;
};

// After an error RocksDB would go on by itself as soon as there is room again, from
// memory that nobody answers for: a database whose write failed is opened anew, and by
// then another one may have its folder.
class NoRecoveryByItself final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// Where keys that may be absent are asked for one by one.
bool HasPointLookups(Family family) {
  return family == Family::kEventIds || family == Family::kStreams ||
         family == Family::kContributions;
}

// Large values go to files of their own once, when they are flushed: compaction
// then moves their keys alone. They are packed to the bit, so there is nothing to
// compress; and whoever reads them caches them.
void StoreValuesApart(rocksdb::ColumnFamilyOptions* options) {
  options->enable_blob_files = true;
  options->min_blob_size = kMinBlobBytes;
  options->blob_file_size = kBlobFileBytes;
  options->blob_compression_type = rocksdb::kNoCompression;
  options->enable_blob_garbage_collection = true;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family,
                                               const std::shared_ptr<rocksdb::Cache>& cache,
                                               size_t write_buffer_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Indexes and filters count against the cache, so that memory stays bounded.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  if (family == Family::kLog) table.block_size = kLogBlockBytes;

  rocksdb::ColumnFamilyOptions options;
  if (HasPointLookups(family)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    table.whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.05;
    options.memtable_whole_key_filtering = true;
  }
  if (family == Family::kContributions) {
    // What one measure stores at a time comes in order of its keys.
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(kMeasurePartBytes));
  }
  if (family == Family::kStreams) {
    options.memtable_insert_with_hint_prefix_extractor = std::make_shared<StreamOfKey>();
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = write_buffer_bytes;
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.force_consistency_checks = true;
  if (family == Family::kPages) StoreValuesApart(&options);
  if (family == Family::kTiles) {  // Hashes don't compress.
    options.compression = rocksdb::kNoCompression;
    options.bottommost_compression = rocksdb::kNoCompression;
  }
  return options;
}

}  // namespace

std::string NameOf(Family family) {
  switch (family) {
    case Family::kMeta:
      return rocksdb::kDefaultColumnFamilyName;
    case Family::kLog:
      return "log";
    case Family::kEventIds:
      return "event_ids";
    case Family::kStreams:
      return "streams";
    case Family::kTypes:
      return "types";
    case Family::kContributions:
      return "contributions";
    case Family::kPages:
      return "pages";
    case Family::kTiles:
      return "tiles";
  }
  return "";
}

rocksdb::DBOptions MakeDbOptions(const std::string& folder, bool create_if_missing,
                                 rocksdb::WalFilter* wal_filter) {
  rocksdb::DBOptions options;
  options.env = StoreEnv();
  options.create_if_missing = create_if_missing;
  options.create_missing_column_families = create_if_missing;

  // Recovery stops at the first damage, and together with the filter at the first
  // hole: what comes back is a prefix of what was written, and HEAD says how long
  // it must be. Damage behind that isn't refused, since a power failure may write
  // the pages that weren't synced yet in any order.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.wal_filter = wal_filter;
  // No family's files are ever ahead of another's: the record of the last commit
  // speaks for all of them.
  options.atomic_flush = true;

  options.paranoid_checks = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  options.verify_sst_unique_id_in_manifest = true;

  // Every change begins a new manifest, which lists what is there and nothing that
  // was: a file's first and last keys mustn't outlive it (Database::Purge).
  options.max_manifest_file_size = 1;

  options.max_total_wal_size = kMaxWalBytes;
  options.max_background_jobs = 2;
  // RocksDB starts them all for each family, even for one file: at its usual 16 that
  // is most of what it takes to open a small store.
  options.max_file_opening_threads = 2;
  options.bytes_per_sync = kMiB;

  options.listeners.push_back(std::make_shared<NoRecoveryByItself>());
  options.max_bgerror_resume_count = 0;
  options.info_log = std::make_shared<MessageLog>(folder + "/LOG");
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

void PassOverDamage(rocksdb::DBOptions* options) {
  options->wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  options->wal_filter = nullptr;
  options->paranoid_checks = false;
  options->verify_sst_unique_id_in_manifest = false;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const std::shared_ptr<rocksdb::Cache>& block_cache, size_t write_buffer_bytes) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family family : kFamilies) {
    families.emplace_back(NameOf(family),
                          MakeFamilyOptions(family, block_cache, write_buffer_bytes));
  }
  return families;
}

rocksdb::ReadOptions MakeReadOptions() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.total_order_seek = true;
  return options;
}

rocksdb::WriteOptions MakeWriteOptions(Durability durability) {
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  options.protection_bytes_per_key = kProtectionBytesPerKey;
  return options;
}

}  // namespace annals::storage
