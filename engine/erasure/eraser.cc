#include "engine/erasure/eraser.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/redaction.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/family.h"
#include "proto/annals/v1/erasure.pb.h"

namespace annals {
namespace {

using storage::Batch;
using storage::Database;
using storage::Family;

// The stream of the events that say what was erased.
constexpr char kStream[] = "erasures";

// Events that are nearer to each other are purged together, with those between them.
constexpr uint64_t kFarApart = 10'000;

template <typename Payload>
void State(const ErasureDecision& decision, Payload* payload) {
  payload->set_reason(decision.reason);
  payload->set_authority(decision.authority);
  payload->set_editor(decision.editor);
}

// A redaction that isn't finished.
struct Pending {
  uint32_t timeline;
  Position by;
  std::string key;
};

absl::StatusOr<std::vector<Pending>> ReadPending(const Database& database) {
  std::vector<Pending> all;
  storage::Cursor cursor = database.Scan(Family::kMeta, storage::kErasureKeyPrefix,
                                         PrefixEnd(storage::kErasureKeyPrefix));
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    absl::string_view rest = absl::StripPrefix(cursor.key(), storage::kErasureKeyPrefix);
    Pending pending{.key = std::string(cursor.key())};
    ANNALS_ASSIGN_OR_RETURN(pending.timeline, ReadBigEndian32(&rest));
    ANNALS_ASSIGN_OR_RETURN(pending.by.value, ReadBigEndian64(&rest));
    all.push_back(std::move(pending));
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return all;
}

absl::StatusOr<std::string> NameOf(const EventLog& log, uint32_t number) {
  for (const std::string& name : log.Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log.Settings(name));
    if (settings.number == number) return name;
  }
  return absl::DataLossError(absl::StrCat("there is no timeline number ", number));
}

// Where what was made of the timeline's events stands, and what was replaced in its
// log.
std::vector<Database::Range> RangesOf(uint32_t timeline, std::vector<uint64_t> replaced) {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline);
  std::vector<Database::Range> ranges = {{Family::kContributions, prefix, PrefixEnd(prefix)},
                                         {Family::kPages, prefix, PrefixEnd(prefix)}};
  std::sort(replaced.begin(), replaced.end());
  for (size_t i = 0; i < replaced.size(); ++i) {
    const std::string end = storage::LogKey(timeline, Position{replaced[i]}.Next());
    if (i > 0 && replaced[i] - replaced[i - 1] < kFarApart) {
      ranges.back().end = end;
    } else {
      ranges.push_back({Family::kLog, storage::LogKey(timeline, {replaced[i]}), end});
    }
  }
  return ranges;
}

}  // namespace

absl::StatusOr<Receipt> Eraser::Append(const std::string& timeline,
                                       const google::protobuf::Message& payload) {
  v1::Event event;
  event.set_stream(kStream);
  event.mutable_payload()->PackFrom(payload);
  ANNALS_ASSIGN_OR_RETURN(
      const std::vector<Receipt> receipts,
      parts_.log->Append({.timeline = timeline, .events = {std::move(event)}, .erases = true}));
  return receipts.front();
}

// What of the order isn't redacted yet.
absl::StatusOr<std::optional<Receipt>> Eraser::Record(const RedactionOrder& order) {
  v1::PayloadRedacted redacted;
  State(order.decision, &redacted);
  absl::flat_hash_set<std::string> seen;
  for (const std::string& id : order.events) {
    if (!seen.insert(id).second) {
      return absl::InvalidArgumentError(absl::StrCat("event \"", id, "\": is named twice"));
    }
    ANNALS_ASSIGN_OR_RETURN(const v1::Event event, parts_.log->Find(order.timeline, id));
    if (IsRedacted(event)) continue;
    ANNALS_RETURN_IF_ERROR(CheckRedactable(event));
    redacted.add_targets(id);
    redacted.add_target_positions(event.position());
  }
  if (!order.events.empty() && redacted.targets().empty()) return std::optional<Receipt>();
  ANNALS_RETURN_IF_ERROR(CheckErasure(redacted));
  ANNALS_ASSIGN_OR_RETURN(Receipt receipt, Append(order.timeline, redacted));
  return std::optional<Receipt>(std::move(receipt));
}

absl::StatusOr<std::optional<Receipt>> Eraser::Redact(const RedactionOrder& order,
                                                      const Report& report) {
  MutexLock hold(&mutex_);
  ANNALS_ASSIGN_OR_RETURN(std::optional<Receipt> receipt, Record(order));
  ++count_;
  const absl::Status finished = FinishRedactions(report);
  ++count_;
  if (finished.ok()) return receipt;
  return Annotate(finished,
                  "the payloads are out of the log; until the same is asked for again, or the "
                  "store is opened again, files may still hold them");
}

absl::Status Eraser::FinishRedactions(const Report& report) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Pending> all, ReadPending(*parts_.database));
  if (all.empty()) return absl::OkStatus();
  std::map<uint32_t, std::vector<uint64_t>> replaced;  // By timeline.
  std::vector<Database::Range> ranges;
  Batch done;
  for (const Pending& pending : all) {
    ANNALS_ASSIGN_OR_RETURN(const std::string name, NameOf(*parts_.log, pending.timeline));
    ANNALS_ASSIGN_OR_RETURN(const v1::Event event, parts_.log->Read(name, pending.by));
    v1::PayloadRedacted redacted;
    if (!event.payload().UnpackTo(&redacted)) {
      return absl::DataLossError(absl::StrCat("timeline \"", name, "\", event ", pending.by.value,
                                              ": redacts nothing, though it should"));
    }
    std::vector<uint64_t>& positions = replaced[pending.timeline];
    positions.insert(positions.end(), redacted.target_positions().begin(),
                     redacted.target_positions().end());
    done.Delete(Family::kMeta, pending.key);
  }
  for (const auto& [timeline, positions] : replaced) {
    ANNALS_ASSIGN_OR_RETURN(const std::string name, NameOf(*parts_.log, timeline));
    ANNALS_RETURN_IF_ERROR(parts_.projections->Rebuild(name, report));
    for (Database::Range& range : RangesOf(timeline, positions)) {
      ranges.push_back(std::move(range));
    }
  }
  return parts_.database->Purge(ranges, std::move(done));
}

absl::StatusOr<Receipt> Eraser::Forget(const ForgettingOrder& order) {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(parts_.log->GetHead(order.timeline).status());
  ANNALS_ASSIGN_OR_RETURN(const SubjectKeyPtr key,
                          parts_.keys->Find(order.timeline, order.subject));
  if (key == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("timeline \"", order.timeline,
                     "\": there is no key of this subject: nothing about it was ever sealed, or it "
                     "was forgotten before. A subject is named as its events name it, or by their "
                     "stream"));
  }
  v1::SubjectForgotten forgotten;
  State(order.decision, &forgotten);
  forgotten.set_key_id(key->id());
  forgotten.set_key_fingerprint(key->Fingerprint());
  ANNALS_ASSIGN_OR_RETURN(Receipt receipt, Append(order.timeline, forgotten));
  const absl::Status destroyed = parts_.keys->Destroy(key->id(), key->Fingerprint());
  ++count_;
  if (destroyed.ok()) return receipt;
  return Annotate(destroyed,
                  "it is recorded that the subject is forgotten, but its key is still there, until "
                  "the store is opened again");
}

absl::Status Eraser::FinishForgetting() {
  for (const std::string& timeline : parts_.log->Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(
        const std::unique_ptr<EventReader> reader,
        parts_.log->ReadType(timeline, v1::SubjectForgotten::descriptor()->full_name(), {}));
    while (reader->Next()) {
      v1::SubjectForgotten forgotten;
      if (!reader->event().payload().UnpackTo(&forgotten)) continue;
      ANNALS_RETURN_IF_ERROR(parts_.keys->Destroy(forgotten.key_id(), forgotten.key_fingerprint()));
    }
    ANNALS_RETURN_IF_ERROR(reader->status());
  }
  return absl::OkStatus();
}

absl::Status Eraser::Finish(const Report& report) {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(FinishForgetting());
  return FinishRedactions(report);
}

}  // namespace annals
