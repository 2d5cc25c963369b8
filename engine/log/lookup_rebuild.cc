#include "engine/log/lookup_rebuild.h"

#include <deque>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/log/tree_tiles.h"
#include "engine/storage/family.h"

namespace annals {
namespace {

using storage::Batch;
using storage::Cursor;
using storage::Database;
using storage::Durability;
using storage::Family;

// In kMeta, for as long as a rebuild is under way.
constexpr absl::string_view kRebuildKey = "lookup_rebuild";

constexpr size_t kBatchBytes = size_t{2} << 20;  // Of ids and tiles; the rest comes on top.

// After every key: keys begin with a timeline's number, four bytes.
const char kAfterAllKeys[] = "\xff\xff\xff\xff\xff";

absl::Status Empty(Database* database) {
  Batch batch;
  batch.Put(Family::kMeta, kRebuildKey, "");
  for (const Family family :
       {Family::kEventIds, Family::kStreams, Family::kTypes, Family::kTiles}) {
    batch.DeleteRange(family, "", kAfterAllKeys);
  }
  return database->Write(std::move(batch), Durability::kSynced);
}

// Writes the entries of one event after the other, several batches in all.
class LookupWriter {
 public:
  explicit LookupWriter(Database* database) : database_(database) {}

  absl::Status Add(absl::string_view key, absl::string_view value);

  // Writes what is left, and that the rebuild is done. Syncs what was buffered before
  // it as well.
  absl::Status Finish();

 private:
  void FillIn();

  Database* const database_;
  TileBuilder tiles_;
  Batch batch_;
  LookupRows rows_;
  // What rows_ refers to: deque, since it must stay where it is.
  std::deque<std::string> prefixes_;
};

absl::Status LookupWriter::Add(absl::string_view key, absl::string_view value) {
  ANNALS_ASSIGN_OR_RETURN(const uint32_t timeline, ReadBigEndian32(&key));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t position, ReadBigEndian64(&key));
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(
      Annotate(DecodeEvent(value, &event),
               absl::StrCat("timeline number ", timeline, ", position ", position)));
  batch_.Put(Family::kEventIds, EventIdKey(timeline, event.id()), EncodePosition({position}));
  const std::string& stream = prefixes_.emplace_back(StreamPrefix(timeline, event.stream()));
  const std::string& type = prefixes_.emplace_back(TypePrefix(timeline, PayloadTypeName(event)));
  rows_.Add(stream, event.revision(), type, {position});
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(value));
  ANNALS_RETURN_IF_ERROR(tiles_.Add(timeline, record.event_bytes, &batch_));
  if (batch_.bytes() < kBatchBytes) return absl::OkStatus();
  FillIn();
  return database_->Write(std::exchange(batch_, Batch()), Durability::kBuffered);
}

void LookupWriter::FillIn() {
  rows_.FillIn(&batch_);
  rows_ = LookupRows();
  prefixes_.clear();
}

absl::Status LookupWriter::Finish() {
  FillIn();
  batch_.Delete(Family::kMeta, kRebuildKey);
  return database_->Write(std::move(batch_), Durability::kSynced);
}

}  // namespace

absl::StatusOr<uint64_t> RebuildLookups(storage::StoreFolder* folder) {
  Database* const database = folder->database();
  ANNALS_RETURN_IF_ERROR(Empty(database));
  uint64_t events = 0;
  LookupWriter writer(database);
  Cursor log = database->Scan(Family::kLog, "", "");
  for (log.SeekToFirst(); log.Valid(); log.Next()) {
    ANNALS_RETURN_IF_ERROR(writer.Add(log.key(), log.value()));
    ++events;
  }
  ANNALS_RETURN_IF_ERROR(log.status());
  ANNALS_RETURN_IF_ERROR(writer.Finish());
  return events;
}

absl::Status CheckLookupsAreWhole(const Database& database) {
  ANNALS_ASSIGN_OR_RETURN(const auto begun, database.Get(Family::kMeta, kRebuildKey));
  if (!begun) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the look-ups were being rebuilt when the program ended; `annals rebuild` begins again");
}

}  // namespace annals
