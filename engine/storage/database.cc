#include "engine/storage/database.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"
#include "engine/storage/manifest_sum.h"
#include "engine/storage/rocksdb_options.h"
#include "engine/storage/rocksdb_status.h"
#include "engine/storage/wal_prefix_filter.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/sst_file_reader.h"
#include "rocksdb/write_batch.h"

namespace annals::storage {
namespace {

rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
absl::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Each thread keeps the memory of one batch for the next one: what is freed goes back to
// the system, and getting it again takes longer than filling it. Not that of larger ones.
constexpr size_t kMostSpareBytes = size_t{1} << 20;

}  // namespace

// --- Batch -------------------------------------------------------------------

// RocksDB's own batch wants the handles of an open database. This one only
// notes the changes: their bytes one after the other, and where each ends.
struct Batch::Contents {
  // What this thread has from a former batch; null if there is nothing.
  static thread_local std::unique_ptr<Contents> spare;

  enum class Kind : uint8_t { kPut, kDelete, kDeleteRange };
  struct Change {
    Family family;
    Kind kind;
    size_t key_end;
    size_t value_end;
  };

  void Add(Family family, Kind kind, absl::string_view key, absl::string_view value) {
    bytes.append(key.data(), key.size());
    const size_t key_end = bytes.size();
    bytes.append(value.data(), value.size());
    changes.push_back({family, kind, key_end, bytes.size()});
  }

  std::string bytes;
  std::vector<Change> changes;
};

thread_local std::unique_ptr<Batch::Contents> Batch::Contents::spare;

Batch::Batch() : contents_(std::move(Contents::spare)) {
  if (contents_ == nullptr) contents_ = std::make_unique<Contents>();
}

Batch::~Batch() {
  if (contents_ == nullptr || contents_->bytes.capacity() > kMostSpareBytes) return;
  contents_->bytes.clear();
  contents_->changes.clear();
  Contents::spare = std::move(contents_);
}

Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::Put(Family family, absl::string_view key, absl::string_view value) {
  contents_->Add(family, Contents::Kind::kPut, key, value);
}

void Batch::Delete(Family family, absl::string_view key) {
  contents_->Add(family, Contents::Kind::kDelete, key, "");
}

void Batch::DeleteRange(Family family, absl::string_view begin, absl::string_view end) {
  contents_->Add(family, Contents::Kind::kDeleteRange, begin, end);
}

void Batch::Append(const Batch& other) {
  const size_t offset = contents_->bytes.size();
  contents_->bytes += other.contents_->bytes;
  for (Contents::Change change : other.contents_->changes) {
    change.key_end += offset;
    change.value_end += offset;
    contents_->changes.push_back(change);
  }
}

bool Batch::empty() const { return contents_->changes.empty(); }
size_t Batch::bytes() const { return contents_->bytes.size(); }
void Batch::Reserve(size_t bytes) { contents_->bytes.reserve(bytes); }

// --- Cursor ------------------------------------------------------------------

struct Cursor::State {
  // RocksDB refers to the bounds for as long as the iterator lives.
  std::string begin;
  std::string end;
  rocksdb::Slice begin_slice;
  rocksdb::Slice end_slice;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Cursor::Cursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;

bool Cursor::Valid() const { return state_->iterator->Valid(); }
void Cursor::Next() { state_->iterator->Next(); }
void Cursor::Previous() { state_->iterator->Prev(); }
void Cursor::SeekToFirst() { state_->iterator->SeekToFirst(); }
void Cursor::SeekToLast() { state_->iterator->SeekToLast(); }
void Cursor::Seek(absl::string_view key) { state_->iterator->Seek(ToSlice(key)); }
void Cursor::SeekForPrevious(absl::string_view key) { state_->iterator->SeekForPrev(ToSlice(key)); }
absl::string_view Cursor::key() const { return ToView(state_->iterator->key()); }
absl::string_view Cursor::value() const { return ToView(state_->iterator->value()); }
absl::Status Cursor::status() const { return FromRocksDb(state_->iterator->status()); }

// --- Database ----------------------------------------------------------------

// When RocksDB closes it flushes its log file, and where its assertions are
// compiled in, as in Debian's library, it ends the program if that file ever
// failed. So a database whose write failed is stopped and left as it is: it does
// nothing any more, and its folder can be opened again.
static void Abandon(std::unique_ptr<rocksdb::DB> db) {
  static Mutex* const mutex = new Mutex();
  static auto* const abandoned = new std::vector<std::unique_ptr<rocksdb::DB>>();
  rocksdb::CancelAllBackgroundWork(db.get(), /*wait=*/true);
  MutexLock hold(mutex);
  abandoned->push_back(std::move(db));
}

struct Database::Implementation {
  ~Implementation() {
    for (rocksdb::ColumnFamilyHandle* handle : handles) delete handle;
    if (db != nullptr && write_failed.load()) Abandon(std::move(db));
  }

  rocksdb::ColumnFamilyHandle* Handle(Family family) const {
    return handles[static_cast<size_t>(family)];
  }

  // False in a store that is older than the family and was opened for reading.
  bool Has(Family family) const { return Handle(family) != nullptr; }

  absl::Status FillIn(const Batch::Contents& contents, rocksdb::WriteBatch* batch) const;
  absl::StatusOr<uint64_t> Property(Family family, const std::string& property) const;
  // Of the tables and the values that are kept apart.
  absl::flat_hash_set<std::string> LiveFiles() const;
  absl::Status AwaitGone(absl::flat_hash_set<std::string> files,
                         std::chrono::steady_clock::time_point until);

  void NoteFailure(const rocksdb::Status& status) {
    MutexLock hold(&mutex);
    if (first_failure.empty()) first_failure = status.ToString();
    write_failed.store(true);
  }

  // Whoever comes next may not have seen it: the index writes too.
  absl::Status FormerFailure() {
    MutexLock hold(&mutex);
    return absl::FailedPreconditionError(
        absl::StrCat("a former write to the database failed: close the store and open it again. "
                     "It was: ",
                     first_failure));
  }

  WalPrefixFilter wal_filter;
  std::shared_ptr<rocksdb::Cache> block_cache;
  size_t block_cache_bytes = 0;  // While nothing is borrowed.
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // Deleted before the database.
  std::atomic<bool> write_failed = false;
  Mutex mutex;
  std::string first_failure ABSL_GUARDED_BY(mutex);
};

Database::Database(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Database::~Database() = default;

// How many families the store has. One that was made before there were the last of
// them lacks those; anything else that is missing is damage, for RocksDB to complain
// about, and then the answer is that it has all.
static size_t CountFamilies(const rocksdb::DBOptions& options, const std::string& folder) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, folder, &names).ok()) return kFamilies.size();
  const auto is_there = [&](Family family) {
    return std::find(names.begin(), names.end(), NameOf(family)) != names.end();
  };
  const auto* const missing = std::find_if_not(kFamilies.begin(), kFamilies.end(), is_there);
  const auto count = static_cast<size_t>(missing - kFamilies.begin());
  const bool older = count >= kFirstFamilies && std::none_of(missing, kFamilies.end(), is_there);
  return older ? count : kFamilies.size();
}

// RocksDB blames its MANIFEST for a table file that can't be opened, and where there is
// none, CURRENT may be at fault. "; unreadable: 000012.sst", or nothing. Costs a look at
// every file's end.
static std::string NameCulprits(const std::string& folder, const rocksdb::Status& status) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".sst") continue;
    rocksdb::SstFileReader table((rocksdb::Options()));
    if (!table.Open(entry.path().string()).ok()) names.push_back(entry.path().filename().string());
  }
  if (names.empty()) return status.IsPathNotFound() ? "; is CURRENT right, which names it?" : "";
  std::sort(names.begin(), names.end());
  return absl::StrCat("; unreadable: ", absl::StrJoin(names, ", "));
}

// For salvage: leaves of `families` those that are there, and tells which place among
// kFamilies each has.
static std::vector<size_t> KeepThoseThere(const rocksdb::DBOptions& options,
                                          const std::string& folder,
                                          std::vector<rocksdb::ColumnFamilyDescriptor>* families) {
  std::vector<std::string> names;
  const bool listed = rocksdb::DB::ListColumnFamilies(options, folder, &names).ok();
  std::vector<rocksdb::ColumnFamilyDescriptor> kept;
  std::vector<size_t> places;
  for (size_t i = 0; i < families->size(); ++i) {
    const std::string& name = (*families)[i].name;
    if (listed && std::find(names.begin(), names.end(), name) == names.end()) continue;
    kept.push_back((*families)[i]);
    places.push_back(i);
  }
  *families = std::move(kept);
  return places;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& folder,
                                                         bool create_if_missing,
                                                         const Options& options) {
  std::error_code ignored;
  if (!create_if_missing && !std::filesystem::exists(folder + "/CURRENT", ignored)) {
    return absl::NotFoundError(absl::StrCat("no database in ", folder, ": CURRENT is missing"));
  }
  if (!options.salvage) ANNALS_RETURN_IF_ERROR(CheckManifest(folder));
  auto implementation = std::make_unique<Implementation>();
  rocksdb::DBOptions db_options =
      MakeDbOptions(folder, create_if_missing, &implementation->wal_filter);
  if (options.salvage) PassOverDamage(&db_options);
  implementation->block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  implementation->block_cache_bytes = options.block_cache_bytes;
  auto families = MakeFamilies(implementation->block_cache, options.write_buffer_bytes);
  const size_t family_count = CountFamilies(db_options, folder);
  if (options.read_only) families.resize(family_count);
  if (family_count < kFamilies.size()) db_options.create_missing_column_families = true;
  std::vector<size_t> places(families.size());
  std::iota(places.begin(), places.end(), size_t{0});
  if (options.salvage) places = KeepThoseThere(db_options, folder, &families);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      options.read_only ? rocksdb::DB::OpenForReadOnly(db_options, folder, families, &handles, &db)
                        : rocksdb::DB::Open(db_options, folder, families, &handles, &db);
  if (!status.ok()) {
    const absl::Status error = FromRocksDb(status);
    // RocksDB says "invalid argument" of a database that lacks a family.
    const bool damaged =
        absl::IsInternal(error) || absl::IsNotFound(error) || absl::IsDataLoss(error);
    return Annotate(
        damaged ? absl::DataLossError(absl::StrCat(error.message(), NameCulprits(folder, status)))
                : error,
        absl::StrCat("can't open the database in ", folder));
  }
  implementation->db.reset(db);
  implementation->handles.resize(kFamilies.size(), nullptr);
  for (size_t i = 0; i < handles.size(); ++i) implementation->handles[places[i]] = handles[i];
  return std::unique_ptr<Database>(new Database(std::move(implementation)));
}

void Database::BorrowFromBlockCache(size_t bytes) {
  const size_t whole = implementation_->block_cache_bytes;
  implementation_->block_cache->SetCapacity(whole - std::min(bytes, whole / 4 * 3));
}

size_t Database::block_cache_bytes() const { return implementation_->block_cache->GetCapacity(); }

absl::StatusOr<std::optional<std::string>> Database::Get(Family family,
                                                         absl::string_view key) const {
  if (!implementation_->Has(family)) return std::optional<std::string>();
  std::string value;
  const rocksdb::Status status = implementation_->db->Get(
      MakeReadOptions(), implementation_->Handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocksDb(status);
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<std::vector<std::optional<std::string>>> Database::MultiGet(
    Family family, const std::vector<std::string>& keys) const {
  std::vector<std::optional<std::string>> values(keys.size());
  if (!implementation_->Has(family)) return values;
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  const bool sorted = std::is_sorted(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  implementation_->db->MultiGet(MakeReadOptions(), implementation_->Handle(family), keys.size(),
                                slices.data(), found.data(), statuses.data(), sorted);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return FromRocksDb(statuses[i]);
    values[i] = found[i].ToString();
  }
  return values;
}

Cursor Database::Scan(Family family, absl::string_view begin, absl::string_view end,
                      Reading reading) const {
  auto state = std::make_unique<Cursor::State>();
  state->begin = std::string(begin);
  state->end = std::string(end);
  state->begin_slice = state->begin;
  state->end_slice = state->end;
  rocksdb::ReadOptions options = MakeReadOptions();
  options.iterate_lower_bound = &state->begin_slice;
  if (!end.empty()) options.iterate_upper_bound = &state->end_slice;
  options.fill_cache = reading == Reading::kUsual;
  state->iterator.reset(implementation_->Has(family) ? implementation_->db->NewIterator(
                                                           options, implementation_->Handle(family))
                                                     : rocksdb::NewEmptyIterator());
  return Cursor(std::move(state));
}

absl::Status Database::Implementation::FillIn(const Batch::Contents& contents,
                                              rocksdb::WriteBatch* batch) const {
  const absl::string_view bytes = contents.bytes;
  size_t begin = 0;
  for (const Batch::Contents::Change& change : contents.changes) {
    const rocksdb::Slice key = ToSlice(bytes.substr(begin, change.key_end - begin));
    const rocksdb::Slice value =
        ToSlice(bytes.substr(change.key_end, change.value_end - change.key_end));
    rocksdb::ColumnFamilyHandle* const handle = Handle(change.family);
    rocksdb::Status status;
    switch (change.kind) {
      case Batch::Contents::Kind::kPut:
        status = batch->Put(handle, key, value);
        break;
      case Batch::Contents::Kind::kDelete:
        status = batch->Delete(handle, key);
        break;
      case Batch::Contents::Kind::kDeleteRange:
        status = batch->DeleteRange(handle, key, value);
        break;
    }
    ANNALS_RETURN_IF_ERROR(FromRocksDb(status));
    begin = change.value_end;
  }
  return absl::OkStatus();
}

absl::Status Database::Write(Batch batch, Durability durability) {
  std::vector<Batch> batches;
  batches.push_back(std::move(batch));
  return Write(std::move(batches), durability);
}

absl::Status Database::Write(std::vector<Batch> batches, Durability durability) {
  if (implementation_->write_failed.load()) return implementation_->FormerFailure();
  // Room for the changes' headers and lengths as well, so that it never grows.
  constexpr size_t kBytesPerChange = 24;
  size_t bytes = 0;
  for (const Batch& batch : batches) {
    bytes += batch.bytes() + batch.contents_->changes.size() * kBytesPerChange;
  }
  const auto make = [](size_t room) {
    return std::make_unique<rocksdb::WriteBatch>(room, /*max_bytes=*/0, kProtectionBytesPerKey,
                                                 /*default_cf_ts_sz=*/0);
  };
  // As with Batch: a thread's next one is made in the memory of this one.
  thread_local std::unique_ptr<rocksdb::WriteBatch> spare = make(0);
  const bool is_large = bytes > kMostSpareBytes;
  const std::unique_ptr<rocksdb::WriteBatch> large = is_large ? make(bytes) : nullptr;
  rocksdb::WriteBatch& changes = is_large ? *large : *spare;
  changes.Clear();
  for (const Batch& batch : batches) {
    ANNALS_RETURN_IF_ERROR(implementation_->FillIn(*batch.contents_, &changes));
  }
  const rocksdb::Status status = implementation_->db->Write(MakeWriteOptions(durability), &changes);
  if (!status.ok()) implementation_->NoteFailure(status);
  return FromRocksDb(status);
}

absl::Status Database::Flush() {
  return FromRocksDb(implementation_->db->Flush(rocksdb::FlushOptions(), implementation_->handles));
}

absl::Status Database::SyncLog() {
  const rocksdb::Status status = implementation_->db->SyncWAL();
  if (!status.ok()) implementation_->write_failed.store(true);
  return FromRocksDb(status);
}

absl::StatusOr<std::vector<Database::LiveFile>> Database::HoldFiles() {
  if (implementation_->write_failed.load()) {
    return absl::FailedPreconditionError(
        "a former write to the database failed: close the store and open it again");
  }
  rocksdb::DB* const db = implementation_->db.get();
  ANNALS_RETURN_IF_ERROR(FromRocksDb(db->DisableFileDeletions()));
  rocksdb::LiveFilesStorageInfoOptions options;
  options.include_checksum_info = true;
  std::vector<rocksdb::LiveFileStorageInfo> found;
  const rocksdb::Status status = db->GetLiveFilesStorageInfo(options, &found);
  if (!status.ok()) {
    ReleaseFiles();
    return FromRocksDb(status);
  }
  std::vector<LiveFile> files;
  for (const rocksdb::LiveFileStorageInfo& info : found) {
    LiveFile file{.name = info.relative_filename, .bytes = info.size};
    if (!info.replacement_contents.empty()) file.contents = info.replacement_contents;
    const bool never_changes =
        info.file_type == rocksdb::kTableFile || info.file_type == rocksdb::kBlobFile;
    if (never_changes) file.checksum = absl::BytesToHexString(info.file_checksum);
    files.push_back(std::move(file));
  }
  return files;
}

void Database::ReleaseFiles() {
  // It fails for a database that is closing alone.
  implementation_->db->EnableFileDeletions(/*force=*/false).PermitUncheckedError();
}

absl::Status Database::Reclaim(Family family, absl::string_view begin, absl::string_view end) {
  rocksdb::CompactRangeOptions options;
  options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kDisable;
  const rocksdb::Slice first = ToSlice(begin);
  const rocksdb::Slice last = ToSlice(end);
  return FromRocksDb(implementation_->db->CompactRange(options, implementation_->Handle(family),
                                                       &first, end.empty() ? nullptr : &last));
}

// The names of the files in the database's folder with such an ending, or such a
// beginning. An empty one has nothing to hide; RocksDB may keep the write-ahead log of a
// database that nothing was written to as long as it is open.
static absl::flat_hash_set<std::string> FilesLike(const std::string& folder,
                                                  absl::Span<const absl::string_view> marks) {
  absl::flat_hash_set<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (entry.file_size(ignored) == 0) continue;
    for (const absl::string_view mark : marks) {
      if (absl::EndsWith(name, mark) || absl::StartsWith(name, mark)) names.insert(name);
    }
  }
  return names;
}

absl::flat_hash_set<std::string> Database::Implementation::LiveFiles() const {
  std::vector<rocksdb::ColumnFamilyMetaData> families;
  db->GetAllColumnFamilyMetaData(&families);
  absl::flat_hash_set<std::string> names;
  const auto add = [&](const std::string& path) {
    names.insert(std::filesystem::path(path).filename().string());
  };
  for (const rocksdb::ColumnFamilyMetaData& family : families) {
    for (const rocksdb::LevelMetaData& level : family.levels) {
      for (const rocksdb::SstFileMetaData& file : level.files) add(file.relative_filename);
    }
    for (const rocksdb::BlobMetaData& file : family.blob_files) add(file.blob_file_name);
  }
  return names;
}

absl::Status Database::Implementation::AwaitGone(absl::flat_hash_set<std::string> files,
                                                 std::chrono::steady_clock::time_point until) {
  constexpr std::chrono::milliseconds kPause{5};
  while (true) {
    // A lookup that was the last to use a file leaves it for RocksDB's next work in the
    // background. Allowing deletions makes RocksDB look for such files now.
    ANNALS_RETURN_IF_ERROR(FromRocksDb(db->DisableFileDeletions()));
    ANNALS_RETURN_IF_ERROR(FromRocksDb(db->EnableFileDeletions(/*force=*/false)));
    const absl::flat_hash_set<std::string> live = LiveFiles();
    absl::erase_if(files, [&](const std::string& name) {
      std::error_code ignored;
      return live.contains(name) ||
             !std::filesystem::exists(absl::StrCat(db->GetName(), "/", name), ignored);
    });
    if (files.empty()) return absl::OkStatus();
    if (std::chrono::steady_clock::now() >= until) {
      return absl::UnavailableError(absl::StrCat(
          "a reader still holds ", *files.begin(), files.size() == 1 ? "" : " and others",
          ", where what was erased stands: try again when the reader has ended"));
    }
    std::this_thread::sleep_for(kPause);
  }
}

// 1. What is in memory goes to files, and with it the write-ahead log that had it.
// 2. The files of the ranges are merged down to the last level, where only what counts
//    is left; values that are kept apart are written anew.
// 3. Files that nothing refers to go when the last reader lets go of them.
// 4. RocksDB's manifest has the first and the last key of every file that it ever
//    listed; the flush of `done` starts a new one (rocksdb_options.cc).
absl::Status Database::Purge(const std::vector<Range>& ranges, Batch done,
                             std::chrono::milliseconds patience) {
  const std::string& folder = implementation_->db->GetName();
  const auto logs = FilesLike(folder, {".log"});
  // With nothing in memory a flush would leave the write-ahead log as it is.
  Batch anything;
  anything.Delete(Family::kMeta, "purge");
  ANNALS_RETURN_IF_ERROR(Write(std::move(anything), Durability::kBuffered));
  ANNALS_RETURN_IF_ERROR(Flush());
  // Whatever still has to go stands in one of these.
  const auto tables = FilesLike(folder, {".sst", ".blob"});
  for (const Range& range : ranges) {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
    const rocksdb::Slice first = ToSlice(range.begin);
    const rocksdb::Slice last = ToSlice(range.end);
    ANNALS_RETURN_IF_ERROR(FromRocksDb(
        implementation_->db->CompactRange(options, implementation_->Handle(range.family), &first,
                                          range.end.empty() ? nullptr : &last)));
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  ANNALS_RETURN_IF_ERROR(implementation_->AwaitGone(tables, until));
  ANNALS_RETURN_IF_ERROR(implementation_->AwaitGone(logs, until));
  const auto manifests = FilesLike(folder, {"MANIFEST-"});
  ANNALS_RETURN_IF_ERROR(Write(std::move(done), Durability::kSynced));
  ANNALS_RETURN_IF_ERROR(Flush());
  return implementation_->AwaitGone(manifests, until);
}

absl::Status Database::VerifyChecksums() const {
  // The manifest must stay while it is read.
  ANNALS_RETURN_IF_ERROR(FromRocksDb(implementation_->db->DisableFileDeletions()));
  const absl::Status manifest = CheckManifest(implementation_->db->GetName());
  ANNALS_RETURN_IF_ERROR(FromRocksDb(implementation_->db->EnableFileDeletions(/*force=*/false)));
  ANNALS_RETURN_IF_ERROR(manifest);
  // The files as wholes, then every block in them.
  ANNALS_RETURN_IF_ERROR(FromRocksDb(implementation_->db->VerifyFileChecksums(MakeReadOptions())));
  return FromRocksDb(implementation_->db->VerifyChecksum(MakeReadOptions()));
}

absl::StatusOr<uint64_t> Database::SizeBytes(Family family) const {
  if (!implementation_->Has(family)) return 0;
  const std::string end(8, '\xff');
  const rocksdb::Range everything("", end);
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  uint64_t bytes = 0;
  ANNALS_RETURN_IF_ERROR(FromRocksDb(implementation_->db->GetApproximateSizes(
      options, implementation_->Handle(family), &everything, 1, &bytes)));
  ANNALS_ASSIGN_OR_RETURN(
      const uint64_t value_bytes,
      implementation_->Property(family, rocksdb::DB::Properties::kLiveBlobFileSize));
  return bytes + value_bytes;
}

absl::StatusOr<uint64_t> Database::Implementation::Property(Family family,
                                                            const std::string& property) const {
  uint64_t value = 0;
  if (!db->GetIntProperty(Handle(family), property, &value)) {
    return absl::InternalError(absl::StrCat("RocksDB doesn't know its property ", property));
  }
  return value;
}

absl::StatusOr<uint64_t> Database::CountKeys(Family family) const {
  if (!implementation_->Has(family)) return 0;
  rocksdb::TablePropertiesCollection files;
  ANNALS_RETURN_IF_ERROR(FromRocksDb(
      implementation_->db->GetPropertiesOfAllTables(implementation_->Handle(family), &files)));
  uint64_t keys = 0;
  for (const auto& [path, properties] : files) keys += properties->num_entries;
  using Properties = rocksdb::DB::Properties;
  for (const std::string& property :
       {Properties::kNumEntriesActiveMemTable, Properties::kNumEntriesImmMemTables}) {
    ANNALS_ASSIGN_OR_RETURN(const uint64_t entries, implementation_->Property(family, property));
    keys += entries;
  }
  return keys;
}

}  // namespace annals::storage
