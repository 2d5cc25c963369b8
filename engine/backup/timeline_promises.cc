#include "engine/backup/timeline_promises.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/base/status.h"
#include "engine/proof/merkle_tree.h"
#include "engine/proof/proof_text.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/hash.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Database;
using storage::Family;

std::string Where(absl::string_view timeline) {
  return absl::StrCat("timeline \"", timeline, "\"");
}

absl::StatusOr<std::string> ChainAt(const Database& database, uint32_t timeline,
                                    Position position) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                          database.Get(Family::kLog, storage::LogKey(timeline, position)));
  if (!record) {
    return absl::DataLossError(
        absl::StrCat("the event at position ", position.value, " is missing"));
  }
  absl::string_view bytes = *record;
  ANNALS_ASSIGN_OR_RETURN(const storage::Hash128 chain, storage::ReadHash(&bytes));
  return storage::ToString(chain);
}

absl::StatusOr<std::string> RootAt(const EventLog& log, const std::string& timeline,
                                   Position position) {
  ANNALS_ASSIGN_OR_RETURN(const NodeReader nodes, log.TreeNodes(timeline));
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, RootOf(position.value, nodes));
  return EncodeHash(root);
}

absl::StatusOr<v1::TimelinePromise> PromiseOf(const Database& database, const EventLog& log,
                                              const std::string& name) {
  v1::TimelinePromise promise;
  promise.set_timeline(name);
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log.Settings(name));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log.GetHead(name));
  promise.set_position(head.position.value);
  ANNALS_ASSIGN_OR_RETURN(*promise.mutable_chain(),
                          ChainAt(database, settings.number, head.position));
  ANNALS_ASSIGN_OR_RETURN(*promise.mutable_first_chain(),
                          ChainAt(database, settings.number, Position{1}));
  ANNALS_ASSIGN_OR_RETURN(*promise.mutable_root(), RootAt(log, name, head.position));
  return promise;
}

// Names and numbers.
absl::StatusOr<std::map<std::string, uint32_t>> TimelinesOf(const Database& database) {
  std::map<std::string, uint32_t> timelines;
  Cursor names = database.Scan(Family::kMeta, storage::kTimelineKeyPrefix,
                               PrefixEnd(storage::kTimelineKeyPrefix));
  for (names.SeekToFirst(); names.Valid(); names.Next()) {
    absl::string_view value = names.value();
    ANNALS_ASSIGN_OR_RETURN(const uint32_t number, ReadBigEndian32(&value));
    timelines.emplace(absl::StripPrefix(names.key(), storage::kTimelineKeyPrefix), number);
  }
  ANNALS_RETURN_IF_ERROR(names.status());
  return timelines;
}

absl::Status CheckContinues(const v1::TimelinePromise& before, const v1::TimelinePromise* now) {
  absl::string_view difference;
  if (now == nullptr) {
    difference = "the store doesn't have it";
  } else if (now->first_chain() != before.first_chain()) {
    difference = "the store's is another one of that name";
  } else if (now->position() < before.position()) {
    difference = "the store's ends before that";
  } else if (now->position() == before.position() && now->chain() != before.chain()) {
    difference = "the store has another event there";
  } else {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      Where(before.timeline()), ": the last backup holds it up to position ", before.position(),
      ", and ", difference,
      ". These are the backups of another store, or of a history that the store has lost: "
      "name a new folder for those to come"));
}

}  // namespace

absl::StatusOr<std::vector<v1::TimelinePromise>> PromisesOf(const Database& database,
                                                            const EventLog& log) {
  std::vector<v1::TimelinePromise> promises;
  for (const std::string& name : log.Timelines()) {
    absl::StatusOr<v1::TimelinePromise> promise = PromiseOf(database, log, name);
    if (!promise.ok()) return Annotate(promise.status(), Where(name));
    promises.push_back(*std::move(promise));
  }
  return promises;
}

absl::Status CheckContinues(const v1::Backup& before, const v1::Backup& now) {
  std::map<std::string, const v1::TimelinePromise*> there;
  for (const v1::TimelinePromise& promise : now.timelines()) there[promise.timeline()] = &promise;
  for (const v1::TimelinePromise& promise : before.timelines()) {
    ANNALS_RETURN_IF_ERROR(CheckContinues(promise, there[promise.timeline()]));
  }
  return absl::OkStatus();
}

absl::Status CheckKeepsPromises(const Database& database, const v1::Backup& backup) {
  ANNALS_ASSIGN_OR_RETURN(const auto timelines, TimelinesOf(database));
  for (const v1::TimelinePromise& promise : backup.timelines()) {
    const auto number = timelines.find(promise.timeline());
    if (number == timelines.end()) {
      return absl::DataLossError(absl::StrCat(Where(promise.timeline()), " is missing"));
    }
    const absl::StatusOr<std::string> chain =
        ChainAt(database, number->second, {promise.position()});
    if (!chain.ok()) return Annotate(chain.status(), Where(promise.timeline()));
    if (*chain == promise.chain()) continue;
    return absl::DataLossError(absl::StrCat(Where(promise.timeline()), ", position ",
                                            promise.position(), ": the event has the hash ", *chain,
                                            ", not ", promise.chain()));
  }
  return absl::OkStatus();
}

absl::Status CheckRoots(const EventLog& log, const v1::Backup& backup) {
  for (const v1::TimelinePromise& promise : backup.timelines()) {
    const absl::StatusOr<std::string> root = RootAt(log, promise.timeline(), {promise.position()});
    if (!root.ok()) return Annotate(root.status(), Where(promise.timeline()));
    if (*root == promise.root()) continue;
    return absl::DataLossError(absl::StrCat(Where(promise.timeline()), ": the tree over the first ",
                                            promise.position(), " events has the root ", *root,
                                            ", not ", promise.root()));
  }
  return absl::OkStatus();
}

}  // namespace annals
