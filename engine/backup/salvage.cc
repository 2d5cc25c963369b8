#include "engine/backup/salvage.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"
#include "engine/storage/database_repair.h"
#include "engine/storage/durable_head.h"
#include "engine/storage/folder_lock.h"

namespace annals {
namespace {

namespace fs = std::filesystem;
using storage::Cursor;
using storage::Database;
using storage::Family;
using storage::LogKey;

constexpr size_t kBlockCacheBytes = size_t{32} << 20;

// The event in a value of the log, if it says that it belongs there.
std::optional<v1::Event> EventAt(absl::string_view value, Position position) {
  v1::Event event;
  if (!DecodeEvent(value, &event).ok() || event.position() != position.value) return std::nullopt;
  return event;
}

// Whether nobody has the store open. Nothing is made there for asking.
absl::Status CheckIdle(const std::string& store) {
  std::error_code error;
  if (!fs::exists(store + "/LOCK", error)) return absl::OkStatus();
  const auto lock = storage::FolderLock::Acquire(store + "/LOCK");
  return absl::IsUnavailable(lock.status()) ? lock.status() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Salvage>> Salvage::Open(const std::string& store,
                                                       const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(store + "/db", error)) {
    return absl::NotFoundError(
        absl::StrCat("store \"", store, "\": there is no folder db, so there is nothing to save"));
  }
  ANNALS_RETURN_IF_ERROR(Annotate(CheckIdle(store), absl::StrCat("store \"", store, "\"")));
  std::unique_ptr<Salvage> salvage(new Salvage());
  fs::copy_file(store + "/HEAD", folder + "/HEAD", error);
  const auto head = storage::DurableHead::Open(folder + "/HEAD");
  if (head.ok()) {
    salvage->head_ = (*head)->last();
  } else {
    salvage->remarks_.push_back(
        "HEAD is missing or damaged, so nothing tells how much had been acknowledged");
  }
  salvage->CopyDatabase(store + "/db", folder + "/db");
  salvage->OpenDatabases(folder);
  if (!salvage->databases_.empty()) return salvage;
  return absl::DataLossError(
      absl::StrCat("store \"", store, "\": nothing of it can be read. ",
                   salvage->remarks_.empty() ? "" : salvage->remarks_.back()));
}

void Salvage::CopyDatabase(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directory(to, error);
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (!entry.is_regular_file(error)) continue;
    std::error_code failure;
    fs::copy_file(entry.path(), fs::path(to) / entry.path().filename(), failure);
    if (!failure) continue;
    remarks_.push_back(absl::StrCat(entry.path().string(), ": ", failure.message()));
  }
}

void Salvage::OpenDatabases(const std::string& folder) {
  const auto add = [this](absl::string_view what, const absl::Status& made,
                          const std::string& path) {
    absl::Status status = made;
    if (status.ok()) {
      auto database = Database::Open(
          path, /*create_if_missing=*/false,
          {.block_cache_bytes = kBlockCacheBytes, .read_only = true, .salvage = true});
      status = database.status();
      if (database.ok()) databases_.push_back(*std::move(database));
    }
    if (!status.ok()) {
      remarks_.push_back(absl::StrCat(what, ": ", std::string(status.message())));
    }
  };
  const std::string whole = folder + "/db";
  const std::string tables = folder + "/tables";
  const std::string logs = folder + "/logs";
  // Before any of them is opened: each may leave files of its own.
  const absl::Status logs_made = storage::ReplayLogs(whole, logs);
  std::error_code error;
  fs::create_directory(tables, error);
  for (const auto& entry : fs::directory_iterator(whole, error)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".sst" && extension != ".blob") continue;
    fs::create_hard_link(entry.path(), fs::path(tables) / entry.path().filename(), error);
  }
  const absl::Status tables_made = storage::RepairTables(tables);
  add("the database as it was", absl::OkStatus(), whole);
  add("its tables alone", tables_made, tables);
  add("its write-ahead logs alone", logs_made, logs);
}

std::map<std::string, std::string> Salvage::Meta(absl::string_view prefix) const {
  std::map<std::string, std::string> rows;
  for (const auto& database : databases_) {
    Cursor cursor = database->Scan(Family::kMeta, prefix, PrefixEnd(prefix));
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      rows.emplace(cursor.key(), cursor.value());
    }
  }
  return rows;
}

std::map<uint32_t, std::string> Salvage::Timelines() const {
  std::map<uint32_t, std::string> timelines;
  for (const auto& [key, value] : Meta(storage::kTimelineKeyPrefix)) {
    absl::string_view bytes = value;
    const absl::StatusOr<uint32_t> number = ReadBigEndian32(&bytes);
    if (!number.ok()) continue;
    timelines.emplace(*number, absl::StripPrefix(key, storage::kTimelineKeyPrefix));
  }
  if (head_ && head_->timeline > 0) timelines.try_emplace(head_->timeline);
  uint32_t last = timelines.empty() ? 0 : timelines.rbegin()->first;
  // They are numbered without gaps, and their events tell their names too.
  for (uint32_t number = 1; number <= last + 1; ++number) {
    const std::optional<Proven> first = Find(number, Position{1}, storage::Hash128());
    if (first) {
      timelines[number] = first->event.timeline();
      last = std::max(last, number);
    } else if (number <= last) {
      timelines.try_emplace(number);
    }
  }
  return timelines;
}

std::optional<Salvage::Proven> Salvage::Find(uint32_t timeline, Position position,
                                             const storage::Hash128& chain) const {
  for (const auto& database : databases_) {
    auto value = database->Get(Family::kLog, LogKey(timeline, position));
    if (!value.ok() || !value->has_value()) continue;
    const absl::StatusOr<Record> record = SplitRecord(**value);
    if (!record.ok()) continue;
    const bool follows = storage::ChainHash(chain, record->event_bytes) == record->chain;
    if (!follows && !IsRedacted(record->event_bytes)) continue;
    std::optional<v1::Event> event = EventAt(**value, position);
    if (!event) continue;
    const storage::Hash128 own = record->chain;
    return Proven{.record = **std::move(value), .chain = own, .event = *std::move(event)};
  }
  return std::nullopt;
}

void Salvage::AddTraces(const Database& database, uint32_t timeline, Position first,
                        std::map<uint64_t, Trace>* traces) {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline);
  Cursor log = database.Scan(Family::kLog, LogKey(timeline, first), PrefixEnd(prefix));
  for (log.SeekToFirst(); log.Valid(); log.Next()) {
    absl::string_view key = absl::StripPrefix(log.key(), prefix);
    const absl::StatusOr<uint64_t> position = ReadBigEndian64(&key);
    if (!position.ok()) continue;
    traces->try_emplace(*position);
  }
  Cursor ids = database.Scan(Family::kEventIds, prefix, PrefixEnd(prefix));
  for (ids.SeekToFirst(); ids.Valid(); ids.Next()) {
    const absl::StatusOr<Position> position = DecodePosition(ids.value());
    if (!position.ok() || *position < first) continue;
    (*traces)[position->value].id = std::string(absl::StripPrefix(ids.key(), prefix));
  }
}

void Salvage::AddRecord(uint32_t timeline, Position position, Trace* trace) const {
  for (const auto& database : databases_) {
    const auto value = database->Get(Family::kLog, LogKey(timeline, position));
    if (!value.ok() || !value->has_value()) continue;
    trace->has_record = true;
    const std::optional<v1::Event> event = EventAt(**value, position);
    if (!event) continue;
    trace->decodes = true;
    trace->id = event->id();
    return;
  }
}

std::map<uint64_t, Salvage::Trace> Salvage::Traces(uint32_t timeline, Position first) const {
  std::map<uint64_t, Trace> traces;
  for (const auto& database : databases_) AddTraces(*database, timeline, first, &traces);
  if (head_ && head_->timeline == timeline && head_->position >= first) {
    traces.try_emplace(head_->position.value);
  }
  if (traces.empty()) return traces;
  // One by one, since a block that can't be read hides none but its own.
  const Position last = {traces.rbegin()->first};
  for (Position at = first; at <= last; at = at.Next()) {
    AddRecord(timeline, at, &traces[at.value]);
  }
  return traces;
}

}  // namespace annals
