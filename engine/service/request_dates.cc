#include "engine/service/request_dates.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/time/edtf.h"
#include "engine/time/step.h"

namespace annals {
namespace {

constexpr size_t kMaxSteps = 10'000;
constexpr char kDefaultStep[] = "1d";

std::optional<std::string> DateOrNow(const std::string& date) {
  if (date == "now") return std::nullopt;
  return date;
}

// A coordinate along which a history goes cannot be fixed as well.
absl::Status CheckAxis(const v1::HistoryRequest& request, bool along_known) {
  if (along_known && request.as_of().has_known()) {
    return absl::InvalidArgumentError(
        "`known`: with `axis` known the steps themselves are the known dates; leave it out");
  }
  if (!along_known && request.as_of().has_valid()) {
    return absl::InvalidArgumentError(
        "`valid`: with `axis` valid the steps themselves are the valid dates; leave it out");
  }
  return absl::OkStatus();
}

// A period begins with the first instant of its first date.
absl::StatusOr<Instant> FirstInstant(const std::string& text, const TimelineSettings& timeline) {
  ANNALS_RETURN_IF_ERROR(ParseAsOfDate(text, timeline.home_zone).status());
  ANNALS_ASSIGN_OR_RETURN(const Edtf date, Edtf::Parse(text));
  ANNALS_ASSIGN_OR_RETURN(const TimeBounds bounds,
                          date.Resolve(timeline.home_zone, timeline.widths));
  return bounds.earliest;
}

}  // namespace

AsOfQuestion ToQuestion(const v1::AsOfQuestion& question) {
  AsOfQuestion asked;
  if (question.has_valid()) asked.valid = DateOrNow(question.valid());
  if (question.has_known()) asked.known = DateOrNow(question.known());
  if (question.has_position()) asked.position = question.position();
  return asked;
}

absl::StatusOr<std::vector<PinnedAsOf>> StepsOf(const v1::HistoryRequest& request,
                                                const QueryEngine& queries,
                                                const TimelineSettings& timeline) {
  const bool along_known = request.axis() == v1::HistoryRequest::KNOWN;
  ANNALS_RETURN_IF_ERROR(CheckAxis(request, along_known));
  ANNALS_ASSIGN_OR_RETURN(const Step step,
                          Step::Parse(request.step().empty() ? kDefaultStep : request.step()));
  AsOfQuestion question = ToQuestion(request.as_of());
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf fixed, queries.Pin(timeline.name, question));
  question.valid = DateOrNow(request.from());
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf first, queries.Pin(timeline.name, question));
  question.valid = DateOrNow(request.to());
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf last, queries.Pin(timeline.name, question));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Instant> instants,
                          step.Between(first.valid, last.valid, timeline.home_zone, kMaxSteps));
  std::vector<PinnedAsOf> steps;
  for (const Instant instant : instants) {
    PinnedAsOf as_of = fixed;
    (along_known ? as_of.known : as_of.valid) = instant;
    steps.push_back(as_of);
  }
  return steps;
}

absl::StatusOr<EventFilter> ToFilter(const v1::ListEventsRequest& request,
                                     const TimelineSettings& timeline) {
  EventFilter filter;
  filter.type = request.type();
  filter.stream = request.stream();
  filter.asserter = request.asserter();
  filter.source = request.source();
  filter.text = request.text();
  if (request.has_from()) {
    const absl::StatusOr<Instant> from = FirstInstant(request.from(), timeline);
    ANNALS_RETURN_IF_ERROR(Annotate(from.status(), "`from`"));
    filter.from = *from;
  }
  if (request.has_to()) {
    const absl::StatusOr<Instant> to = ParseAsOfDate(request.to(), timeline.home_zone);
    ANNALS_RETURN_IF_ERROR(Annotate(to.status(), "`to`"));
    filter.to = *to;
  }
  if (filter.from.has_value() && filter.to.has_value() && *filter.to < *filter.from) {
    return absl::InvalidArgumentError(absl::StrCat("`to` ", request.to(), " lies before `from` ",
                                                   request.from(), "; exchange them"));
  }
  return filter;
}

}  // namespace annals
