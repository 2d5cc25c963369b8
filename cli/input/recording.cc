#include "cli/input/recording.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"

namespace annals {
namespace {

// Below the log's own limit by a margin for what it adds to an event.
constexpr size_t kBatchBytes = kMaxBatchBytes / 4 * 3;

bool IsCopy(const v1::Event& event) { return event.position() != 0 || event.has_recorded_at(); }

// The log's message begins with the event's number in the batch, "event 3":
// it says which line to look at. 0 if the message is about the whole batch.
size_t RefusedEvent(absl::string_view message) {
  if (!absl::ConsumePrefix(&message, "event ")) return 0;
  const absl::string_view digits =
      message.substr(0, std::min(message.find_first_not_of("0123456789"), message.size()));
  size_t number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : 0;
}

class Recording {
 public:
  Recording(EventSource* source, const RecordingOptions& options, Service* service)
      : source_(source), options_(options), service_(service) {}

  absl::StatusOr<RecordingTotals> Run() {
    absl::Status status = RecordAll();
    if (!status.ok()) return WithExtent(status);
    return totals_;
  }

 private:
  absl::Status RecordAll() {
    LocatedEvent located;
    while (source_->Next(&located)) {
      failed_line_ = located.line;
      ANNALS_RETURN_IF_ERROR(Annotate(NameTimeline(&located.event), source_->Place(located.line)));
      ANNALS_RETURN_IF_ERROR(MakeRoom(located));
      bytes_ += located.event.ByteSizeLong();
      *request_.add_events() = std::move(located.event);
      lines_.push_back(located.line);
      // What is whole is recorded at once: the next event may be long in coming,
      // or wrong. One batch waits, since it is not to be split without need.
      if (!options_.one_batch && events() >= options_.batch_events) {
        ANNALS_RETURN_IF_ERROR(Flush());
      }
    }
    failed_line_ = 0;
    ANNALS_RETURN_IF_ERROR(source_->status());
    return Flush();
  }

  absl::Status NameTimeline(v1::Event* event) {
    if (event->timeline().empty()) {
      if (default_timeline_.empty()) {
        ANNALS_ASSIGN_OR_RETURN(default_timeline_, options_.default_timeline());
      }
      event->set_timeline(default_timeline_);
    }
    if (!options_.only_timeline.empty() && event->timeline() != options_.only_timeline) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the event is of timeline \"", event->timeline(), "\", but --timeline says \"",
          options_.only_timeline, "\"; leave --timeline out"));
    }
    return absl::OkStatus();
  }

  // Ends the batch at hand where `next` cannot be part of it.
  absl::Status MakeRoom(const LocatedEvent& next) {
    const bool copy = IsCopy(next.event);
    if (events() == 0) {
      Begin(next.event, copy);
      return absl::OkStatus();
    }
    const bool other = request_.timeline() != next.event.timeline() || request_.copies() != copy;
    if (other && options_.one_batch) {
      return absl::InvalidArgumentError(
          absl::StrCat(source_->Place(next.line),
                       ": a file's events are of one timeline, and either all new or all copies "
                       "(with position and recordedAt); split the file"));
    }
    const bool full =
        events() >= options_.batch_events || bytes_ + next.event.ByteSizeLong() > kBatchBytes;
    if (!other && !full) return absl::OkStatus();
    if (options_.one_batch && options_.on_split && last_recorded_line_ == 0) options_.on_split();
    ANNALS_RETURN_IF_ERROR(Flush());
    Begin(next.event, copy);
    return absl::OkStatus();
  }

  size_t events() const { return static_cast<size_t>(request_.events_size()); }

  void Begin(const v1::Event& event, bool copy) {
    request_.set_timeline(event.timeline());
    request_.set_copies(copy);
    request_.set_expected_revision(options_.expected_revision);
    request_.set_with_proofs(options_.with_proofs);
    bytes_ = 0;
  }

  absl::Status Flush() {
    if (events() == 0) return absl::OkStatus();
    totals_.timeline = request_.timeline();
    const absl::StatusOr<v1::AppendResponse> response = service_->Append(std::move(request_));
    request_ = v1::AppendRequest();
    if (!response.ok()) return Placed(response.status());
    for (const v1::Receipt& receipt : response->receipts()) {
      ++(receipt.duplicate() ? totals_.present : totals_.added);
      totals_.head = std::max(totals_.head, receipt.position());
    }
    last_recorded_line_ = lines_.back();
    lines_.clear();
    return options_.on_recorded ? options_.on_recorded(*response) : absl::OkStatus();
  }

  absl::Status Placed(const absl::Status& refusal) const {
    const size_t number = RefusedEvent(refusal.message());
    if (number == 0 || number > lines_.size()) {
      return Annotate(refusal, source_->Place(lines_.front()));
    }
    return Annotate(refusal, source_->Place(lines_[number - 1]));
  }

  // Says how much of the input is recorded, since that is where to go on from.
  absl::Status WithExtent(const absl::Status& failure) const {
    std::string extent = "nothing was recorded";
    if (last_recorded_line_ > 0) {
      const uint64_t next = !lines_.empty()    ? lines_.front()
                            : failed_line_ > 0 ? failed_line_
                                               : last_recorded_line_ + 1;
      extent =
          absl::StrCat("lines 1–", next - 1, " are recorded; nothing from line ", next, " on was");
    }
    return absl::Status(failure.code(), absl::StrCat(failure.message(), "; ", extent));
  }

  EventSource* const source_;
  const RecordingOptions& options_;
  Service* const service_;
  v1::AppendRequest request_;
  size_t bytes_ = 0;             // Of request_'s events.
  std::vector<uint64_t> lines_;  // Likewise.
  std::string default_timeline_;
  uint64_t last_recorded_line_ = 0;
  uint64_t failed_line_ = 0;
  RecordingTotals totals_;
};

}  // namespace

absl::StatusOr<RecordingTotals> Record(EventSource* source, const RecordingOptions& options,
                                       Service* service) {
  return Recording(source, options, service).Run();
}

}  // namespace annals
