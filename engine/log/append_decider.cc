#include "engine/log/append_decider.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_validation.h"
#include "engine/log/known_time.h"
#include "engine/log/record.h"
#include "engine/log/text_form.h"
#include "engine/time/causality.h"

namespace annals {
namespace {

void ToProto(const TimeBounds& bounds, v1::Bounds* proto) {
  proto->set_earliest(bounds.earliest.micros);
  proto->set_latest(bounds.latest.micros);
}

// One append in the course of being decided.
class Decision {
 public:
  Decision(PreparedAppend append, Instant now, Staging* staging)
      : append_(std::move(append)), now_(now), staging_(staging) {}

  absl::StatusOr<std::vector<Receipt>> Decide();

 private:
  absl::Status FindTimeline();
  absl::Status CheckCreation() const;
  absl::Status CheckExpected(const PreparedEvent& prepared) const;
  absl::StatusOr<std::optional<Receipt>> FindDuplicate(const PreparedEvent& prepared) const;
  absl::StatusOr<Receipt> Record(size_t index);
  absl::Status Assign(PreparedEvent* prepared, uint64_t revision, Instant recorded_at) const;
  absl::Status CheckCopy(const PreparedEvent& prepared, uint64_t revision) const;
  absl::Status ResolveTargets(v1::Event* event) const;

  bool copied() const { return append_.provenance == Provenance::kCopied; }
  const std::string& name() const { return append_.settings->name; }

  // Labels an error with the event it is about.
  absl::Status At(size_t index, const absl::Status& status) const {
    return Annotate(status, EventLabel(index + 1, append_.events[index].event.id()));
  }

  PreparedAppend append_;
  const Instant now_;
  Staging* const staging_;
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
    absl::StatusOr<Receipt> receipt = known[i] ? *std::move(known[i]) : Record(i);
    if (!receipt.ok()) return At(i, receipt.status());
    receipts.push_back(*std::move(receipt));
  }
  return receipts;
}

absl::Status Decision::FindTimeline() {
  std::optional<TimelineState> found = staging_->FindTimeline(name());
  exists_ = found.has_value();
  if (exists_) {
    timeline_ = *std::move(found);
    return absl::OkStatus();
  }
  if (!append_.creates)
    return absl::InternalError("a timeline vanished while an append was queued");
  TimelineSettings settings = *append_.settings;
  settings.number = staging_->NextTimelineNumber();
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
  // The stream as it stands before the append: nothing of it is staged yet.
  ANNALS_ASSIGN_OR_RETURN(
      const uint64_t actual,
      staging_->StreamRevision(StreamPrefix(timeline_.settings->number, prepared.event.stream())));
  if (append_.expected.Admits(actual)) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(
      "stream ", Quote(prepared.event.stream()), " is at revision ", actual, ", expected was \"",
      append_.expected.ToString(), "\": read what was added, and decide anew"));
}

absl::StatusOr<std::optional<Receipt>> Decision::FindDuplicate(
    const PreparedEvent& prepared) const {
  const uint32_t number = timeline_.settings->number;
  const std::string id_key = EventIdKey(number, prepared.event.id());
  ANNALS_ASSIGN_OR_RETURN(const std::optional<Position> position, staging_->FindId(id_key));
  if (!position) return std::optional<Receipt>();

  ANNALS_ASSIGN_OR_RETURN(const std::string record,
                          staging_->ReadRecord(number, id_key, *position));
  v1::Event stored;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(record, &stored));
  Receipt receipt = {.id = stored.id(),
                     .position = *position,
                     .revision = stored.revision(),
                     .recorded_at = FromTimestamp(stored.recorded_at()),
                     .duplicate = true};
  if (!copied()) ClearAssignedFields(&stored);
  if (SerializeDeterministically(stored) == SerializeDeterministically(prepared.event)) {
    return std::optional<Receipt>(std::move(receipt));
  }
  return absl::AlreadyExistsError(absl::StrCat("the event at position ", position->value,
                                               " has this id and other contents; what is recorded "
                                               "stays: correct it with a new event"));
}

absl::StatusOr<Receipt> Decision::Record(size_t index) {
  PreparedEvent& prepared = append_.events[index];
  // The same event may stand in the append twice.
  ANNALS_ASSIGN_OR_RETURN(std::optional<Receipt> duplicate, FindDuplicate(prepared));
  if (duplicate) return *std::move(duplicate);

  StagedEvent staged;
  staged.timeline = timeline_.settings->number;
  staged.position = timeline_.head.Next();
  staged.id_key = EventIdKey(staged.timeline, prepared.event.id());
  staged.stream_prefix = StreamPrefix(staged.timeline, prepared.event.stream());
  staged.type_prefix = TypePrefix(staged.timeline, prepared.type);
  ANNALS_ASSIGN_OR_RETURN(const uint64_t revision, staging_->StreamRevision(staged.stream_prefix));
  staged.revision = revision + 1;

  const bool first = timeline_.head == Position{};
  const Instant earliest = first ? now_ : Instant{timeline_.recorded_at.micros + 1};
  const Instant recorded_at =
      copied() ? FromTimestamp(prepared.event.recorded_at()) : std::max(earliest, now_);
  ANNALS_RETURN_IF_ERROR(Assign(&prepared, staged.revision, recorded_at));

  timeline_.head = staged.position;
  timeline_.recorded_at = recorded_at;
  staged.record = EncodeRecord(prepared.event, &timeline_.chain);
  Receipt receipt = {.id = prepared.event.id(),
                     .position = staged.position,
                     .revision = staged.revision,
                     .recorded_at = recorded_at};
  staging_->Add(std::move(staged), timeline_);
  if (prepared.source) {
    ANNALS_RETURN_IF_ERROR(staging_->AddEdition(*timeline_.settings, *prepared.source));
  }
  return receipt;
}

absl::Status Decision::Assign(PreparedEvent* prepared, uint64_t revision,
                              Instant recorded_at) const {
  v1::Event& event = prepared->event;
  ANNALS_ASSIGN_OR_RETURN(const PublishedTime published,
                          FindPublished(*prepared, *timeline_.settings, *staging_, recorded_at));
  ANNALS_RETURN_IF_ERROR(ResolveTargets(&event));
  if (copied()) return CheckCopy(*prepared, revision);

  ANNALS_ASSIGN_OR_RETURN(
      const EventTimes times,
      Tighten(prepared->occurred, event.occurred(), published.bounds, published.text, recorded_at));
  event.set_position(timeline_.head.Next().value);
  event.set_revision(revision);
  *event.mutable_recorded_at() = ToTimestamp(recorded_at);
  ToProto(times.occurred, event.mutable_occurred_bounds());
  ToProto(times.known, event.mutable_known_bounds());
  return absl::OkStatus();
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

}  // namespace

absl::StatusOr<std::vector<Receipt>> DecideAppend(PreparedAppend append, Instant now,
                                                  Staging* staging) {
  return Decision(std::move(append), now, staging).Decide();
}

}  // namespace annals
