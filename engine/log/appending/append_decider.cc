#include "engine/log/appending/append_decider.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/appending/event_validation.h"
#include "engine/log/appending/known_time.h"
#include "engine/log/appending/stated_record.h"
#include "engine/log/record.h"
#include "engine/log/redaction.h"
#include "engine/log/text_form.h"
#include "engine/time/causality.h"

namespace annals {
namespace {

void ToProto(const TimeBounds& bounds, v1::Bounds* proto) {
  proto->set_earliest(bounds.earliest.micros);
  proto->set_latest(bounds.latest.micros);
}

void Assign(const AssignedFields& assigned, v1::Event* event) {
  event->set_revision(assigned.revision);
  event->set_position(assigned.position.value);
  *event->mutable_recorded_at() = ToTimestamp(assigned.recorded_at);
  ToProto(assigned.times.occurred, event->mutable_occurred_bounds());
  ToProto(assigned.times.known, event->mutable_known_bounds());
}

// One append in the course of being decided.
class Decision {
 public:
  Decision(PreparedAppend* append, Instant now, Staging* staging)
      : append_(*append), now_(now), staging_(staging), before_(staging->mark()) {}

  absl::StatusOr<std::vector<Receipt>> Decide();

 private:
  absl::Status FindTimeline();
  absl::Status CheckCreation() const;
  absl::Status CheckExpected(const PreparedEvent& prepared) const;
  absl::StatusOr<std::optional<Receipt>> FindDuplicate(const PreparedEvent& prepared) const;
  absl::StatusOr<Receipt> MatchDuplicate(const PreparedEvent& prepared,
                                         absl::string_view record) const;
  absl::StatusOr<Receipt> Record(PreparedEvent* prepared);
  absl::StatusOr<std::string> Encode(PreparedEvent* prepared, uint64_t revision,
                                     Instant recorded_at);
  absl::Status CheckCopy(const PreparedEvent& prepared, uint64_t revision) const;
  absl::Status ResolveTargets(v1::Event* event) const;
  absl::Status Redact(const v1::PayloadRedacted& redacted);

  bool copied() const { return append_.provenance == Provenance::kCopied; }
  const std::string& name() const { return append_.settings->name; }

  // Labels an error with the event it is about.
  absl::Status At(size_t index, const absl::Status& status) const {
    if (status.ok()) return status;
    return Annotate(status, EventLabel(index + 1, append_.events[index].event.id()));
  }

  PreparedAppend& append_;
  const Instant now_;
  Staging* const staging_;
  const Staging::Mark before_;
  TimelineState timeline_;
  bool exists_ = false;
};

absl::StatusOr<std::vector<Receipt>> Decision::Decide() {
  ANNALS_RETURN_IF_ERROR(FindTimeline());
  const size_t count = append_.events.size();
  std::vector<std::optional<Receipt>> known(count);
  for (size_t i = 0; i < count; ++i) {
    absl::StatusOr<std::optional<Receipt>> duplicate = FindDuplicate(append_.events[i]);
    if (!duplicate.ok()) return At(i, duplicate.status());
    known[i] = *std::move(duplicate);
    if (known[i]) continue;
    ANNALS_RETURN_IF_ERROR(At(i, CheckExpected(append_.events[i])));
  }
  if (!known[0]) ANNALS_RETURN_IF_ERROR(At(0, CheckCreation()));

  std::vector<Receipt> receipts;
  receipts.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (known[i]) {
      receipts.push_back(*std::move(known[i]));
      continue;
    }
    absl::StatusOr<Receipt> receipt = Record(&append_.events[i]);
    if (!receipt.ok()) return At(i, receipt.status());
    receipts.push_back(*std::move(receipt));
  }
  if (staging_->mark().events > before_.events) staging_->SetTimeline(std::move(timeline_));
  return receipts;
}

absl::Status Decision::FindTimeline() {
  std::optional<TimelineState> found = staging_->FindTimeline(name());
  exists_ = found.has_value();
  if (exists_) {
    timeline_ = *std::move(found);
    if (append_.creates) append_.SetTimelineInKeys(timeline_.settings->number);
    return absl::OkStatus();
  }
  if (!append_.creates)
    return absl::InternalError("a timeline vanished while an append was queued");
  TimelineSettings settings = *append_.settings;
  settings.number = staging_->NextTimelineNumber();
  append_.SetTimelineInKeys(settings.number);
  timeline_.settings = std::make_shared<const TimelineSettings>(std::move(settings));
  timeline_.recorded_at = Instant::Beginning();
  return absl::OkStatus();
}

// Called when the append's first event is new.
absl::Status Decision::CheckCreation() const {
  if (!append_.creates || !exists_) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("timeline ", Quote(name()), " exists; it is created once, by its first event"));
}

absl::Status Decision::CheckExpected(const PreparedEvent& prepared) const {
  if (append_.expected.IsAny()) return absl::OkStatus();
  // The stream as it stands before the append: nothing of it is staged yet.
  ANNALS_ASSIGN_OR_RETURN(const uint64_t actual, staging_->StreamRevision(prepared.stream_prefix));
  if (append_.expected.Admits(actual)) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(
      "stream ", Quote(prepared.event.stream()), " is at revision ", actual, ", expected was \"",
      append_.expected.ToString(), "\": read what was added, and decide anew"));
}

absl::StatusOr<std::optional<Receipt>> Decision::FindDuplicate(
    const PreparedEvent& prepared) const {
  if (const StagedEvent* const staged = staging_->FindStaged(prepared.id_key)) {
    ANNALS_ASSIGN_OR_RETURN(Receipt receipt, MatchDuplicate(prepared, staged->record));
    return std::optional<Receipt>(std::move(receipt));
  }
  if (!prepared.known_position) return std::optional<Receipt>();
  ANNALS_ASSIGN_OR_RETURN(const std::string record, staging_->ReadRecord(timeline_.settings->number,
                                                                         *prepared.known_position));
  ANNALS_ASSIGN_OR_RETURN(Receipt receipt, MatchDuplicate(prepared, record));
  return std::optional<Receipt>(std::move(receipt));
}

absl::StatusOr<Receipt> Decision::MatchDuplicate(const PreparedEvent& prepared,
                                                 absl::string_view record) const {
  v1::Event stored;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(record, &stored));
  Receipt receipt = {.id = stored.id(),
                     .position = {stored.position()},
                     .revision = stored.revision(),
                     .recorded_at = FromTimestamp(stored.recorded_at()),
                     .duplicate = true};
  const bool redacted = IsRedacted(stored);
  if (!copied()) {
    ClearAssignedFields(&stored);
    stored.set_payload_salt(prepared.event.payload_salt());
  }
  if (SerializeDeterministically(stored) == SerializeDeterministically(prepared.event)) {
    return receipt;
  }
  if (redacted) {
    // Its salt is gone, so that nobody can tell what it said: not even that this is it.
    return absl::AlreadyExistsError(absl::StrCat(
        "the event at position ", receipt.position.value,
        " has this id, and its payload was redacted: whether this is the same can't be told, and "
        "it isn't recorded again"));
  }
  return absl::AlreadyExistsError(absl::StrCat("the event at position ", receipt.position.value,
                                               " has this id and other contents; what is recorded "
                                               "stays: correct it with a new event"));
}

absl::StatusOr<Receipt> Decision::Record(PreparedEvent* prepared) {
  // The same event may stand in the append twice.
  if (const StagedEvent* const staged = staging_->FindStaged(prepared->id_key)) {
    return MatchDuplicate(*prepared, staged->record);
  }
  ANNALS_ASSIGN_OR_RETURN(const uint64_t revision,
                          staging_->StreamRevision(prepared->stream_prefix));
  const bool first = timeline_.head == Position{};
  const Instant earliest = first ? now_ : Instant{timeline_.recorded_at.micros + 1};
  const Instant recorded_at =
      copied() ? FromTimestamp(prepared->event.recorded_at()) : std::max(earliest, now_);
  ANNALS_ASSIGN_OR_RETURN(std::string record, Encode(prepared, revision + 1, recorded_at));
  if (timeline_.tree == nullptr) {
    ANNALS_ASSIGN_OR_RETURN(timeline_.tree, staging_->ReadTree(timeline_));
  }

  timeline_.head = timeline_.head.Next();
  timeline_.recorded_at = recorded_at;
  staging_->Add({.prepared = prepared,
                 .timeline = timeline_.settings->number,
                 .position = timeline_.head,
                 .revision = revision + 1,
                 .record = std::move(record)});
  if (prepared->source) {
    ANNALS_RETURN_IF_ERROR(staging_->AddEdition(*timeline_.settings, *prepared->source));
  }
  if (prepared->redacted) ANNALS_RETURN_IF_ERROR(Redact(*prepared->redacted));
  return Receipt{.id = prepared->event.id(),
                 .position = timeline_.head,
                 .revision = revision + 1,
                 .recorded_at = recorded_at};
}

// The timeline's next record.
absl::StatusOr<std::string> Decision::Encode(PreparedEvent* prepared, uint64_t revision,
                                             Instant recorded_at) {
  v1::Event& event = prepared->event;
  ANNALS_ASSIGN_OR_RETURN(const PublishedTime published,
                          FindPublished(*prepared, *timeline_.settings, *staging_, recorded_at));
  ANNALS_RETURN_IF_ERROR(ResolveTargets(&event));
  if (copied()) {
    ANNALS_RETURN_IF_ERROR(CheckCopy(*prepared, revision));
    return EncodeRecord(event, &timeline_.chain);
  }
  AssignedFields assigned = {
      .revision = revision, .position = timeline_.head.Next(), .recorded_at = recorded_at};
  ANNALS_ASSIGN_OR_RETURN(assigned.times, Tighten(prepared->occurred, event.occurred(),
                                                  published.bounds, published.text, recorded_at));
  if (!event.has_correction()) return prepared->stated.Complete(assigned, &timeline_.chain);
  Assign(assigned, &event);
  return EncodeRecord(event, &timeline_.chain);
}

absl::Status Decision::CheckCopy(const PreparedEvent& prepared, uint64_t revision) const {
  const v1::Event& event = prepared.event;
  if (event.position() != timeline_.head.Next().value) {
    return absl::FailedPreconditionError(
        absl::StrCat("position ", event.position(), ": the timeline's next is ",
                     timeline_.head.Next().value, "; load a copy from its beginning, in order"));
  }
  if (event.revision() != revision) {
    return absl::FailedPreconditionError(absl::StrCat("revision ", event.revision(),
                                                      ": the next of stream ",
                                                      Quote(event.stream()), " is ", revision));
  }
  const Instant recorded_at = FromTimestamp(event.recorded_at());
  if (recorded_at <= timeline_.recorded_at) {
    return absl::FailedPreconditionError("recorded_at: isn't after that of the event before");
  }
  if (recorded_at > now_) {
    return absl::FailedPreconditionError(
        "recorded_at: lies in the future; is this machine's clock right?");
  }
  return absl::OkStatus();
}

absl::Status Decision::ResolveTargets(v1::Event* event) const {
  if (!event->has_correction()) return absl::OkStatus();
  v1::Correction& correction = *event->mutable_correction();
  google::protobuf::RepeatedField<uint64_t> positions;
  for (const std::string& target : correction.targets()) {
    ANNALS_ASSIGN_OR_RETURN(const std::optional<Position> position,
                            staging_->FindId(EventIdKey(timeline_.settings->number, target)));
    if (!position) {
      return absl::NotFoundError(absl::StrCat("correction: target ", Quote(target),
                                              ": no event before this one has that id"));
    }
    positions.Add(position->value);
  }
  if (copied() &&
      !std::equal(positions.begin(), positions.end(), correction.target_positions().begin(),
                  correction.target_positions().end())) {
    return absl::InvalidArgumentError(
        "correction: target_positions: they aren't the positions of the targets");
  }
  *correction.mutable_target_positions() = std::move(positions);
  return absl::OkStatus();
}

absl::Status Decision::Redact(const v1::PayloadRedacted& redacted) {
  const uint32_t number = timeline_.settings->number;
  for (int i = 0; i < redacted.targets_size(); ++i) {
    const std::string& target = redacted.targets(i);
    const std::string key = EventIdKey(number, target);
    ANNALS_ASSIGN_OR_RETURN(const std::optional<Position> position, staging_->FindId(key));
    if (!position || *position == timeline_.head) {
      return absl::NotFoundError(absl::StrCat("redaction: target ", Quote(target),
                                              ": no event before this one has that id"));
    }
    if (position->value != redacted.target_positions(i)) {
      return absl::InvalidArgumentError(
          "redaction: target_positions: they aren't the positions of the targets");
    }
    const StagedEvent* const staged = staging_->FindStaged(key);
    std::string record;
    if (staged != nullptr) {
      record = staged->record;
    } else {
      ANNALS_ASSIGN_OR_RETURN(record, staging_->ReadRecord(number, *position));
    }
    v1::Event event;
    ANNALS_RETURN_IF_ERROR(DecodeEvent(record, &event));
    if (IsRedacted(event)) continue;
    ANNALS_RETURN_IF_ERROR(CheckRedactable(event));
    ANNALS_ASSIGN_OR_RETURN(std::string left, RedactRecord(record));
    staging_->Redact(number, *position, std::move(left));
  }
  timeline_.redactions = WithRedactions(timeline_.redactions, redacted, timeline_.head);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Receipt>> DecideAppend(PreparedAppend* append, Instant now,
                                                  Staging* staging) {
  return Decision(append, now, staging).Decide();
}

}  // namespace annals
