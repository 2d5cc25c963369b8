#include "engine/storage/wal_prefix_filter.h"

#include "rocksdb/write_batch.h"

namespace annals::storage {
namespace {

// A batch's bytes begin with its sequence number, little-endian.
std::optional<uint64_t> SequenceOf(const rocksdb::WriteBatch& batch) {
  const std::string& bytes = batch.Data();
  if (bytes.size() < sizeof(uint64_t)) return std::nullopt;
  uint64_t sequence = 0;
  for (int i = sizeof(uint64_t) - 1; i >= 0; --i) {
    sequence = sequence << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return sequence;
}

}  // namespace

rocksdb::WalFilter::WalProcessingOption WalPrefixFilter::LogRecordFound(
    unsigned long long, const std::string&, const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
    bool*) {
  const std::optional<uint64_t> sequence = SequenceOf(batch);
  if (!sequence || (next_sequence_ && *sequence != *next_sequence_)) {
    return WalProcessingOption::kStopReplay;
  }
  next_sequence_ = *sequence + batch.Count();
  return WalProcessingOption::kContinueProcessing;
}

}  // namespace annals::storage
