// A store whose files somebody changed, past RocksDB's checksums: HEAD, FORMAT, and the
// rows of the log's families. Opening it and verifying it end well, and what is then read
// is what was recorded, or it is refused with what is wrong.
//
// An input: a byte that says which file or family, a byte that says which row of it,
// two bytes that say where, and the bytes to put there. With an odd first byte what stood
// behind them goes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "engine/log/payload_types.h"
#include "engine/log/record.h"
#include "engine/storage/store_folder.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/fuzz/require.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using fuzz::Require;
using storage::Batch;
using storage::Cursor;
using storage::Database;
using storage::Family;
using storage::StoreFolder;

constexpr int kEvents = 8;
constexpr Family kFamilies[] = {Family::kMeta, Family::kLog, Family::kEventIds, Family::kStreams,
                                Family::kTypes};

const PayloadTypes& Types() {
  static const PayloadTypes* const types = [] {
    auto* const made = new PayloadTypes();
    Require(made->AddDomain("test", {}).ok(), "a domain can be added");
    return made;
  }();
  return *types;
}

v1::Event Creation() {
  v1::TimelineCreated created;
  created.set_title("A test");
  created.set_home_zone("UTC");
  created.set_domain("test");
  v1::Event event;
  event.set_id("created");
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return event;
}

v1::Event Registration(int number) {
  v1::SourceRegistered source;
  source.set_source(absl::StrCat("s", number));
  source.set_title(absl::StrCat("Source ", number));
  source.set_published("2026-01-08");
  v1::Event event;
  event.set_id(absl::StrCat("source-", number));
  event.set_stream(absl::StrCat("source/s", number));
  event.mutable_payload()->PackFrom(source);
  return event;
}

// A whole store, closed, and what its events are.
class Image {
 public:
  Image() {
    Must(StoreFolder::Create(folder()));
    const auto store = Opened();
    const auto log = EventLog::Open(store.get(), &Types(), {});
    Must(log.status());
    Must((*log)->Append({.timeline = "t", .events = {Creation()}}).status());
    for (int i = 1; i < kEvents; ++i) {
      Must((*log)->Append({.timeline = "t", .events = {Registration(i)}}).status());
    }
    events_ = *EventsOf(**log);
    Must(store->database()->Flush());
  }

  std::string folder() const { return directory_.path() + "/store"; }
  const std::vector<std::string>& events() const { return events_; }

  static absl::StatusOr<std::vector<std::string>> EventsOf(const EventLog& log) {
    std::vector<std::string> events;
    for (const std::string& timeline : log.Timelines()) {
      auto reader = log.ReadAfter(timeline, Position{});
      if (!reader.ok()) return reader.status();
      while ((*reader)->Next()) events.push_back(SerializeDeterministically((*reader)->event()));
      if (!(*reader)->status().ok()) return (*reader)->status();
    }
    return events;
  }

 private:
  static void Must(const absl::Status& status) { Require(status.ok(), status.ToString()); }

  std::unique_ptr<StoreFolder> Opened() const {
    auto store = StoreFolder::Open(folder(), {});
    Must(store.status());
    return *std::move(store);
  }

  const testing::TemporaryDirectory directory_;
  std::vector<std::string> events_;
};

struct Change {
  uint8_t where = 0;
  uint8_t row = 0;
  uint16_t offset = 0;
  std::string bytes;
  bool cuts = false;

  void ApplyTo(std::string* value) const {
    const size_t begin = std::min<size_t>(offset, value->size());
    const size_t end = cuts ? value->size() : std::min(begin + bytes.size(), value->size());
    value->replace(begin, end - begin, bytes);
  }
};

void ChangeFile(const std::string& path, const Change& change) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  change.ApplyTo(&bytes);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void ChangeRow(const std::string& path, Family family, const Change& change) {
  auto database = Database::Open(path, false, {});
  Require(database.ok(), database.status().ToString());
  std::vector<std::pair<std::string, std::string>> rows;
  {
    Cursor cursor = (*database)->Scan(family, "", "");
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      rows.emplace_back(cursor.key(), cursor.value());
    }
  }
  if (rows.empty()) return;
  auto& [key, value] = rows[change.row / 2 % rows.size()];
  Batch batch;
  batch.Delete(family, key);
  change.ApplyTo(change.row % 2 == 0 ? &value : &key);
  batch.Put(family, key, value);
  Require((*database)->Write(std::move(batch), storage::Durability::kSynced).ok(), "it is written");
}

// Whether the store says that something is wrong. If it doesn't, its events are those.
void CheckStore(const std::string& folder, const std::vector<std::string>& expected) {
  auto store = StoreFolder::Open(folder, {});
  if (!store.ok()) return;
  auto log = EventLog::Open(store->get(), &Types(), {});
  if (!log.ok()) return;
  const auto events = Image::EventsOf(**log);
  const absl::Status verified = VerifyLog(**store, **log, [](const VerifyReport&) {}).status();
  if (!events.ok() || !verified.ok()) return;
  Require(*events == expected, "what is read from a store that verifies is what was recorded");
}

void Run(const Change& change) {
  static const auto* const image = new Image();
  const testing::TemporaryDirectory directory;
  const std::string folder = directory.path() + "/store";
  std::filesystem::copy(image->folder(), folder, std::filesystem::copy_options::recursive);
  const size_t place = change.where / 2 % (2 + std::size(kFamilies));
  if (place < 2) {
    ChangeFile(folder + (place == 0 ? "/HEAD" : "/FORMAT"), change);
  } else {
    ChangeRow(folder + "/db", kFamilies[place - 2], change);
  }
  CheckStore(folder, image->events());
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kHeadBytes = 4;
  if (size < kHeadBytes) return 0;
  annals::Run(
      {.where = data[0],
       .row = data[1],
       .offset = static_cast<uint16_t>(data[2] << 8 | data[3]),
       .bytes = std::string(reinterpret_cast<const char*>(data) + kHeadBytes, size - kHeadBytes),
       .cuts = data[0] % 2 == 1});
  return 0;
}
