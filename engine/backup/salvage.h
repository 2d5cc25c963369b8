// Salvage: what can still be read of a store that can't be opened.
#ifndef ANNALS_ENGINE_BACKUP_SALVAGE_H_
#define ANNALS_ENGINE_BACKUP_SALVAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "engine/storage/hash.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Works on a copy of the store's files, which it makes, and reads that in three ways: as
// the database that it was, passing over damage; its table files alone, under a new
// manifest; its write-ahead logs alone. What one way doesn't give another may, and no way
// is believed: an event counts by its hash. Not thread-safe.
class Salvage {
 public:
  // Copies the store's files into `folder`, which must exist and be empty. NOT_FOUND if
  // there is nothing like a store; UNAVAILABLE if a process has it open. Never writes to
  // the store.
  static absl::StatusOr<std::unique_ptr<Salvage>> Open(const std::string& store,
                                                       const std::string& folder);

  // The last acknowledged commit, if HEAD can still be read.
  const std::optional<storage::CommitRecord>& head() const { return head_; }

  // What couldn't be read at all, a sentence each.
  const std::vector<std::string>& remarks() const { return remarks_; }

  // The timelines' numbers and, where they survived, their names.
  std::map<uint32_t, std::string> Timelines() const;

  // An event that is whole, with the bytes that the log has for it.
  struct Proven {
    std::string record;
    storage::Hash128 chain;
    v1::Event event;
  };
  // The event at a position, if its bytes and `chain`, the chain hash of the one before it,
  // give its own. One that was redacted has no bytes for that: its chain hash is taken as it
  // stands, and the next event's shows whether it was right.
  std::optional<Proven> Find(uint32_t timeline, Position position,
                             const storage::Hash128& chain) const;

  // What is known of the positions from `first` on, in some form or other.
  struct Trace {
    std::string id;           // Empty: not known.
    bool has_record = false;  // There are bytes for it.
    bool decodes = false;     // They are an event of this position.
  };
  std::map<uint64_t, Trace> Traces(uint32_t timeline, Position first) const;

  // Rows of the meta family that begin with `prefix`, as far as they can be read.
  std::map<std::string, std::string> Meta(absl::string_view prefix) const;

 private:
  Salvage() = default;

  void CopyDatabase(const std::string& from, const std::string& to);
  void OpenDatabases(const std::string& folder);
  // Of one database, from its look-up of ids and a walk along its log, which may end early.
  static void AddTraces(const storage::Database& database, uint32_t timeline, Position first,
                        std::map<uint64_t, Trace>* traces);
  void AddRecord(uint32_t timeline, Position position, Trace* trace) const;

  std::optional<storage::CommitRecord> head_;
  std::vector<std::string> remarks_;
  std::vector<std::unique_ptr<storage::Database>> databases_;  // The best first.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_SALVAGE_H_
