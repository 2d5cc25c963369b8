#include "engine/storage/recovery_check.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

// The name of a timeline, if it survived.
std::string Describe(const Database& database, uint32_t number) {
  Cursor names = database.Scan(Family::kMeta, kTimelineKeyPrefix, PrefixEnd(kTimelineKeyPrefix));
  for (names.SeekToFirst(); names.Valid(); names.Next()) {
    absl::string_view value = names.value();
    const absl::StatusOr<uint32_t> stored = ReadBigEndian32(&value);
    if (stored.ok() && *stored == number) {
      return absl::StrCat("timeline \"", absl::StripPrefix(names.key(), kTimelineKeyPrefix), "\"");
    }
  }
  return absl::StrCat("timeline number ", number, ", whose name is lost too");
}

absl::Status CheckLength(const Database& database, const CommitRecord& recovered,
                         const CommitRecord& head) {
  if (recovered.number < head.number) {
    const uint64_t events = head.events > recovered.events ? head.events - recovered.events : 0;
    if (events == 0) {
      return absl::DataLossError(absl::StrCat(
          "what was recorded beside the events, of tokens, is missing: the database ends with "
          "commit ",
          recovered.number, ", but commit ", head.number, " had been acknowledged"));
    }
    return absl::DataLossError(absl::StrCat(
        "acknowledged events are missing: the database ends with commit ", recovered.number, " (",
        recovered.events, " events in all), but commit ", head.number, " (", head.events,
        " events) had been acknowledged. Missing are ", head.number - recovered.number,
        " commits with ", events, " events; the last of them stood at position ",
        head.position.value, " of ", Describe(database, head.timeline)));
  }
  if (recovered.number == head.number && recovered != head) {
    return absl::DataLossError(
        absl::StrCat("commit ", head.number,
                     " is not the one that was acknowledged: its last event has the hash ",
                     ToString(recovered.chain), ", not ", ToString(head.chain)));
  }
  return absl::OkStatus();
}

absl::Status CheckEventAtHead(const Database& database, const CommitRecord& head) {
  if (head.events == 0) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                          database.Get(Family::kLog, LogKey(head.timeline, head.position)));
  const std::string where =
      absl::StrCat("the last acknowledged event, at position ", head.position.value, " of ",
                   Describe(database, head.timeline));
  if (!record) return absl::DataLossError(absl::StrCat(where, ", is missing"));
  absl::string_view bytes = *record;
  ANNALS_ASSIGN_OR_RETURN(const Hash128 chain, ReadHash(&bytes));
  if (chain == head.chain) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(where, ", has the hash ", ToString(chain), ", not ", ToString(head.chain)));
}

absl::StatusOr<uint64_t> CountEvents(const Database& database) {
  Cursor erasures = database.Scan(Family::kMeta, kErasureKeyPrefix, PrefixEnd(kErasureKeyPrefix));
  erasures.SeekToFirst();
  ANNALS_RETURN_IF_ERROR(erasures.status());
  if (!erasures.Valid()) return database.CountKeys(Family::kLog);
  Cursor log = database.Scan(Family::kLog, "", "", Database::Reading::kOnce);
  uint64_t events = 0;
  for (log.SeekToFirst(); log.Valid(); log.Next()) ++events;
  ANNALS_RETURN_IF_ERROR(log.status());
  return events;
}

}  // namespace

absl::StatusOr<CommitRecord> ReadCommit(const Database& database) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          database.Get(Family::kMeta, kCommitKey));
  if (!bytes) return CommitRecord();
  return DecodeCommitRecord(*bytes);
}

absl::Status CheckHead(const Database& database, const CommitRecord& head) {
  ANNALS_ASSIGN_OR_RETURN(const CommitRecord recovered, ReadCommit(database));
  ANNALS_RETURN_IF_ERROR(CheckLength(database, recovered, head));
  return CheckEventAtHead(database, head);
}

absl::Status CheckEventCount(const Database& database) {
  ANNALS_ASSIGN_OR_RETURN(const CommitRecord commit, ReadCommit(database));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t events, CountEvents(database));
  if (events == commit.events) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the log holds ", events,
                                          " events, but its last commit, ", commit.number,
                                          ", says ", commit.events));
}

}  // namespace annals::storage
