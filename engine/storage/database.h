// Database: the one place that talks to RocksDB.
#ifndef ANNALS_ENGINE_STORAGE_DATABASE_H_
#define ANNALS_ENGINE_STORAGE_DATABASE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/storage/family.h"

namespace annals::storage {

// Changes that are applied together or not at all. Not thread-safe.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

  void Put(Family family, absl::string_view key, absl::string_view value);
  void Delete(Family family, absl::string_view key);
  // Every key in [begin, end).
  void DeleteRange(Family family, absl::string_view begin, absl::string_view end);

  // Everything that is in `other`, after what is in this.
  void Append(const Batch& other);

  bool empty() const;
  size_t bytes() const;

  // Makes room for keys and values of so many bytes together.
  void Reserve(size_t bytes);

 private:
  friend class Database;
  struct Contents;
  std::unique_ptr<Contents> contents_;
};

// An ordered walk over the keys in [begin, end) of one family, as they stood
// when it was made. Not thread-safe. Must be gone before its Database.
class Cursor {
 public:
  ~Cursor();
  Cursor(Cursor&&) noexcept;

  // False at the end and after an error: status() tells which.
  bool Valid() const;
  void Next();
  void Previous();
  void SeekToFirst();
  void SeekToLast();
  // To the first key at or after `key`; to the last key at or before it.
  void Seek(absl::string_view key);
  void SeekForPrevious(absl::string_view key);

  // Valid until the cursor moves.
  absl::string_view key() const;
  absl::string_view value() const;

  // DATA_LOSS if a block failed its checksum.
  absl::Status status() const;

 private:
  friend class Database;
  struct State;
  explicit Cursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A store's RocksDB. Its folder must have no other user: FolderLock sees to that.
// Thread-safe.
class Database {
 public:
  struct Options {
    size_t block_cache_bytes = size_t{256} << 20;
    // Of each family, before it is flushed. Filters for it are laid out at the opening.
    size_t write_buffer_bytes = size_t{64} << 20;
    // Recovers in memory, changes no data and refuses every write: for a look
    // at a database before it is opened in earnest.
    bool read_only = false;
    // Read only: passes over what is damaged or missing instead of refusing it, so
    // that what comes back may have holes. For saving what can be saved.
    bool salvage = false;
    // Commits aren't waited for until they are on disk (StoreFolder::Commit).
    bool unsafe_no_sync = false;
  };

  // Opens the database in `folder`, which must exist; creates it if
  // `create_if_missing`. Every checksum is verified on every read. A store that
  // is older than one of the later families gets it; read only, it is empty.
  //   NOT_FOUND     nothing there and not to be created
  //   DATA_LOSS     files are missing or damaged; the message names them
  //   RESOURCE_EXHAUSTED, PERMISSION_DENIED, UNAVAILABLE as the disk says
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& folder,
                                                        bool create_if_missing,
                                                        const Options& options);
  ~Database();

  // From now on the block cache is smaller by so many bytes, but never by more than three
  // quarters: for one who keeps in memory what is read most, and needs more for it.
  void BorrowFromBlockCache(size_t bytes);
  // What it may hold now.
  size_t block_cache_bytes() const;

  absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      Family family, const std::vector<std::string>& keys) const;

  // The keys in [begin, end); an empty end means no end. Positioned nowhere.
  // kOnce: what is read isn't likely to be read again soon, so it doesn't push
  // anything out of the block cache.
  enum class Reading { kUsual, kOnce };
  Cursor Scan(Family family, absl::string_view begin, absl::string_view end,
              Reading reading = Reading::kUsual) const;

  // After a failed write the log's end is unknown: every later write fails with
  // FAILED_PRECONDITION until the store is opened again.
  absl::Status Write(Batch batch, Durability durability);
  // The same with several, in their order, together.
  absl::Status Write(std::vector<Batch> batches, Durability durability);

  // Rereads every file and compares its checksum. DATA_LOSS names the file.
  absl::Status VerifyChecksums() const;

  // Bytes on disk, estimated for what is still in memory.
  absl::StatusOr<uint64_t> SizeBytes(Family family) const;

  // How many keys a family holds. Exact if each was written once and none was
  // ever deleted, as in kLog; costs a look at every file's properties.
  absl::StatusOr<uint64_t> CountKeys(Family family) const;

  // Gives the disk back what keys deleted from [begin, end) took, rather than when
  // compaction next comes by. Rewrites the keys that are there, but of kPages not
  // their values; flushes what is in memory.
  absl::Status Reclaim(Family family, absl::string_view begin, absl::string_view end);

  // A part of one family; an empty end means no end.
  struct Range {
    Family family;
    std::string begin;
    std::string end;
  };
  // Takes what was deleted from the ranges, or replaced in them, out of every file of
  // the database, the write-ahead log's included, and then writes `done`: it says that
  // this needn't be tried again. Rewrites all files that have keys of the ranges. Waits
  // for cursors that still hold files, but no longer than `patience`, then UNAVAILABLE:
  // `done` isn't written, and it may be tried again.
  absl::Status Purge(const std::vector<Range>& ranges, Batch done,
                     std::chrono::milliseconds patience = std::chrono::seconds(30));

  // Writes what is in memory to files, so that opening has nothing to replay.
  absl::Status Flush();

  // Returns when every write that was acknowledged as kBuffered is on disk.
  absl::Status SyncLog();

  // One of the files that make up the database.
  struct LiveFile {
    std::string name;                     // In the database's folder.
    uint64_t bytes = 0;                   // So many count: more may follow them.
    std::optional<std::string> contents;  // Counts instead of what is in the file.
    std::string checksum;                 // Of a file that never changes; else empty.
  };

  // Flush(), and all files as they stand then. None of them is deleted until
  // ReleaseFiles() was called as often as this. FAILED_PRECONDITION after a failed
  // write.
  absl::StatusOr<std::vector<LiveFile>> HoldFiles();
  void ReleaseFiles();

 private:
  struct Implementation;
  explicit Database(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_DATABASE_H_
