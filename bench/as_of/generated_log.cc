#include "bench/as_of/generated_log.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "bench/as_of/claim.pb.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

std::string EventId(uint64_t position) { return absl::StrCat("e-", position); }

void SetExactly(Instant instant, v1::Bounds* bounds) {
  bounds->set_earliest(instant.micros);
  bounds->set_latest(instant.micros);
}

void FillCorrection(const std::vector<uint64_t>& targets, v1::Event* event) {
  if (targets.empty()) return event->clear_correction();
  v1::Correction* const correction = event->mutable_correction();
  correction->Clear();
  correction->set_kind(v1::Correction::SUPERSEDES);
  correction->set_reason("restated");
  correction->set_editor("bench");
  for (const uint64_t target : targets) {
    correction->add_targets(EventId(target));
    correction->add_target_positions(target);
  }
}

// Sets every field that differs from event to event.
void Fill(const ClaimStream& claims, uint64_t position, v1::Event* event) {
  const Claim claim = claims.At(position);
  event->set_id(EventId(position));
  event->set_position(position);
  event->set_stream(MemberName(claim.member));
  SetExactly(claim.valid, event->mutable_occurred_bounds());
  SetExactly(claim.known, event->mutable_known_bounds());
  FillCorrection(claim.supersedes, event);
  pb::Claim payload;
  payload.set_group(GroupName(claim.group));
  payload.set_member(event->stream());
  payload.set_weight(claim.weight);
  event->mutable_payload()->set_type_url("type.googleapis.com/annals.bench.pb.Claim");
  payload.SerializeToString(event->mutable_payload()->mutable_value());
}

class GeneratedReader final : public EventReader {
 public:
  GeneratedReader(const ClaimStream& claims, Position after)
      : claims_(claims), position_(after.value) {}

  bool Next() override {
    if (position_ >= claims_.options().size) return false;
    Fill(claims_, ++position_, &event_);
    return true;
  }
  const v1::Event& event() const override { return event_; }
  void Take(v1::Event* event) override { event_.Swap(event); }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const ClaimStream claims_;
  uint64_t position_;
  v1::Event event_;
};

absl::Status CheckTimeline(absl::string_view timeline) {
  if (timeline == GeneratedLog::kTimeline) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("there is no timeline \"", timeline, "\", only \"",
                                          GeneratedLog::kTimeline, "\""));
}

absl::Status NotGenerated(absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat("a generated log has no ", what));
}

}  // namespace

absl::StatusOr<std::vector<Receipt>> GeneratedLog::Append(AppendRequest) {
  return NotGenerated("appends");
}

std::vector<std::string> GeneratedLog::Timelines() const { return {kTimeline}; }

absl::StatusOr<TimelineSettings> GeneratedLog::Settings(absl::string_view timeline) const {
  ANNALS_RETURN_IF_ERROR(CheckTimeline(timeline));
  return TimelineSettings{.name = kTimeline, .number = 1, .domain = kDomain};
}

absl::StatusOr<EventLog::Head> GeneratedLog::GetHead(absl::string_view timeline) const {
  ANNALS_RETURN_IF_ERROR(CheckTimeline(timeline));
  return Head{.position = {claims_.options().size},
              .recorded_at = {kYearBegin.micros + kYearMicros}};
}

absl::StatusOr<v1::Event> GeneratedLog::Read(absl::string_view timeline, Position position) const {
  ANNALS_RETURN_IF_ERROR(CheckTimeline(timeline));
  if (position.value == 0 || position.value > claims_.options().size) {
    return absl::OutOfRangeError(absl::StrCat("there is no event ", position.value));
  }
  v1::Event event;
  Fill(claims_, position.value, &event);
  return event;
}

absl::StatusOr<v1::Event> GeneratedLog::Find(absl::string_view timeline,
                                             absl::string_view id) const {
  uint64_t position = 0;
  if (!absl::ConsumePrefix(&id, "e-") || !absl::SimpleAtoi(id, &position)) {
    return absl::NotFoundError(absl::StrCat("there is no event \"", id, "\""));
  }
  return Read(timeline, {position});
}

absl::StatusOr<std::unique_ptr<EventReader>> GeneratedLog::ReadAfter(absl::string_view timeline,
                                                                     Position after) const {
  ANNALS_RETURN_IF_ERROR(CheckTimeline(timeline));
  return std::unique_ptr<EventReader>(std::make_unique<GeneratedReader>(claims_, after));
}

absl::StatusOr<std::unique_ptr<EventReader>> GeneratedLog::ReadStream(absl::string_view,
                                                                      absl::string_view,
                                                                      Position) const {
  return NotGenerated("streams");
}

absl::StatusOr<std::unique_ptr<EventReader>> GeneratedLog::ReadType(absl::string_view,
                                                                    absl::string_view,
                                                                    Position) const {
  return NotGenerated("list of types");
}

absl::StatusOr<EventLog::Census> GeneratedLog::TakeCensus(absl::string_view) const {
  return NotGenerated("census");
}

// Nothing is ever committed.
void GeneratedLog::AddCommitListener(std::function<void()>) {}

}  // namespace annals::bench
