// StoreFolder: one store on disk, and the protocol by which a commit becomes
// durable.
//
//   FORMAT   "annals store 2\n"
//   LOCK     locked by whoever has the store open
//   HEAD     the last acknowledged commit (durable_head.h)
//   db/      RocksDB's folder
#ifndef ANNALS_ENGINE_STORAGE_STORE_FOLDER_H_
#define ANNALS_ENGINE_STORAGE_STORE_FOLDER_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "engine/storage/durable_head.h"
#include "engine/storage/family.h"
#include "engine/storage/folder_lock.h"

namespace annals::storage {

// Invariant: the database holds every commit up to the head's. Thread-safe.
// Must outlive whatever uses its database.
class StoreFolder {
 public:
  ~StoreFolder();

  // Makes an empty store in `path`, which is made if it is missing; its parent
  // must exist. ALREADY_EXISTS if a store is there, FAILED_PRECONDITION if
  // anything else is.
  static absl::Status Create(const std::string& path);

  // Opens the store, and advances the head to what was recovered: a commit that
  // was written but not yet acknowledged when the program ended is kept. A store of an
  // older format becomes one of this.
  //   NOT_FOUND            no store there
  //   FAILED_PRECONDITION  its format is newer than this program
  //   UNAVAILABLE          in use: the message names the process
  //   DATA_LOSS            commits are missing or damaged; nothing was changed
  static absl::StatusOr<std::unique_ptr<StoreFolder>> Open(const std::string& path,
                                                           const Database::Options& options);

  const std::string& path() const { return path_; }
  Database* database() { return database_.get(); }
  const Database* database() const { return database_.get(); }

  // The last commit, durable as durability() says.
  CommitRecord last_commit() const;

  // Adds `record`, numbered as the next one, to the batch; writes and syncs the batch, then writes
  // the head, which is synced a few milliseconds later. When it returns OK the commit may be
  // acknowledged. After an error every later call fails with FAILED_PRECONDITION until the store is
  // opened again: whether the commit is durable is not known. With unsafe_no_sync nothing is
  // synced, and the head stays where it is: then Sync() does both, and so does closing.
  absl::Status Commit(Batch batch, CommitRecord record);

  // A commit without events: what else the store is asked to keep, such as a token. On
  // disk when it returns OK, unsafe_no_sync or not. Errors as Commit's.
  absl::Status CommitAside(Batch batch);

  // Returns when every commit is on disk, and the head says so. Errors as Commit's.
  absl::Status Sync();

  // What a commit is when Commit() has returned OK.
  Durability durability() const { return durability_; }

  // The files that a store has beside its database, as they are when `record` is its
  // last commit: their names and contents.
  static std::map<std::string, std::string> FilesBesideDatabase(const CommitRecord& record);

  // Rereads HEAD and compares it with the database. DATA_LOSS says what differs.
  absl::Status VerifyHead() const;

 private:
  StoreFolder(std::string path, std::unique_ptr<FolderLock> lock, std::unique_ptr<DurableHead> head,
              std::unique_ptr<Database> database, Durability durability);

  absl::Status Write(Batch batch, const CommitRecord& record, Durability durability)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckNotFailed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  const std::unique_ptr<FolderLock> lock_;
  const std::unique_ptr<Database> database_;
  const Durability durability_;

  mutable Mutex mutex_;  // Held while a commit is under way.
  const std::unique_ptr<DurableHead> head_;
  CommitRecord last_ ABSL_GUARDED_BY(mutex_);  // head_->last(), or later if nothing is synced.
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_STORE_FOLDER_H_
