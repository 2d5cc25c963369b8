#include "engine/log/lookup_rebuild.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
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

constexpr size_t kBatchBytes = size_t{4} << 20;

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

absl::Status AddEntries(absl::string_view key, absl::string_view value, TileBuilder* tiles,
                        Batch* batch) {
  ANNALS_ASSIGN_OR_RETURN(const uint32_t timeline, ReadBigEndian32(&key));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t position, ReadBigEndian64(&key));
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(
      Annotate(DecodeEvent(value, &event),
               absl::StrCat("timeline number ", timeline, ", position ", position)));
  const std::string encoded = EncodePosition({position});
  batch->Put(Family::kEventIds, EventIdKey(timeline, event.id()), encoded);
  batch->Put(Family::kStreams, StreamKey(StreamPrefix(timeline, event.stream()), event.revision()),
             encoded);
  batch->Put(Family::kTypes, TypeKey(TypePrefix(timeline, PayloadTypeName(event)), {position}), "");
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(value));
  return tiles->Add(timeline, record.event_bytes, batch);
}

}  // namespace

absl::StatusOr<uint64_t> RebuildLookups(storage::StoreFolder* folder) {
  Database* const database = folder->database();
  ANNALS_RETURN_IF_ERROR(Empty(database));
  uint64_t events = 0;
  TileBuilder tiles;
  Batch batch;
  Cursor log = database->Scan(Family::kLog, "", "");
  for (log.SeekToFirst(); log.Valid(); log.Next()) {
    ANNALS_RETURN_IF_ERROR(AddEntries(log.key(), log.value(), &tiles, &batch));
    ++events;
    if (batch.bytes() < kBatchBytes) continue;
    ANNALS_RETURN_IF_ERROR(database->Write(std::exchange(batch, Batch()), Durability::kBuffered));
  }
  ANNALS_RETURN_IF_ERROR(log.status());
  batch.Delete(Family::kMeta, kRebuildKey);
  // Syncs what was buffered before it as well.
  ANNALS_RETURN_IF_ERROR(database->Write(std::move(batch), Durability::kSynced));
  return events;
}

absl::Status CheckLookupsAreWhole(const Database& database) {
  ANNALS_ASSIGN_OR_RETURN(const auto begun, database.Get(Family::kMeta, kRebuildKey));
  if (!begun) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the look-ups were being rebuilt when the program ended; `annals rebuild` begins again");
}

}  // namespace annals
