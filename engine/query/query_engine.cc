#include "engine/query/query_engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "engine/query/redacted_payloads.h"
#include "engine/query/verbs/as_of.h"
#include "engine/query/verbs/catalog.h"
#include "engine/query/verbs/diff.h"
#include "engine/query/verbs/explain.h"
#include "engine/query/verbs/history.h"
#include "engine/query/verbs/why.h"

namespace annals {
namespace {

// `answer` with an error that says what the question was about.
template <typename Answer>
absl::StatusOr<Answer> Located(absl::StatusOr<Answer> answer, const std::string& where) {
  if (!answer.ok()) return Annotate(answer.status(), where);
  return answer;
}

std::string Where(absl::string_view timeline) {
  return absl::StrCat("timeline ", Quoted(timeline));
}

// The answer, which says which payloads it does without.
template <typename Answer>
absl::StatusOr<Answer> WithRedactions(const Inquiry& inquiry, Position last, Answer answer) {
  ANNALS_ASSIGN_OR_RETURN(auto redacted, RedactedUpTo(*inquiry.log, inquiry.timeline.name, last));
  if (redacted) *answer.mutable_redacted() = *std::move(redacted);
  return answer;
}

}  // namespace

QueryEngine::QueryEngine(const EventLog* log, ProjectionRunner* runner,
                         const std::vector<Domain>* domains, const Clock* clock)
    : log_(log), runner_(runner), domains_(domains), clock_(clock) {}

absl::StatusOr<PinnedAsOf> QueryEngine::Pin(absl::string_view timeline,
                                            const AsOfQuestion& question) const {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log_->Settings(timeline));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
  return Located(PinQuestion(question, settings.home_zone, head, clock_->Now()), Where(timeline));
}

absl::StatusOr<std::vector<const View*>> QueryEngine::Views(absl::string_view timeline) const {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log_->Settings(timeline));
  return Catalog(domains_).Views(settings.domain);
}

absl::StatusOr<const TemporalIndex*> QueryEngine::IndexUpTo(absl::string_view timeline,
                                                            Position position) const {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
  // Waiting for what isn't recorded yet would never end.
  ANNALS_RETURN_IF_ERROR(Annotate(CheckWithinHead(position, head), Where(timeline)));
  ANNALS_RETURN_IF_ERROR(runner_->WaitFor(timeline, position));
  return runner_->Index(timeline);
}

absl::StatusOr<Inquiry> QueryEngine::Prepare(absl::string_view timeline, absl::string_view view,
                                             Position position) const {
  Inquiry inquiry;
  ANNALS_ASSIGN_OR_RETURN(inquiry.timeline, log_->Settings(timeline));
  ANNALS_ASSIGN_OR_RETURN(
      inquiry.view,
      Located(Catalog(domains_).FindView(inquiry.timeline.domain, view), Where(timeline)));
  ANNALS_ASSIGN_OR_RETURN(inquiry.index, IndexUpTo(timeline, position));
  inquiry.log = log_;
  return inquiry;
}

absl::StatusOr<v1::ViewResult> QueryEngine::AsOf(absl::string_view timeline, absl::string_view view,
                                                 const PinnedAsOf& as_of, size_t evidence) const {
  ANNALS_ASSIGN_OR_RETURN(const Inquiry inquiry, Prepare(timeline, view, as_of.position));
  ANNALS_ASSIGN_OR_RETURN(v1::ViewResult answer,
                          Located(AnswerAsOf(inquiry, as_of, evidence), Where(inquiry)));
  return WithRedactions(inquiry, as_of.position, std::move(answer));
}

absl::StatusOr<v1::DiffResult> QueryEngine::Diff(absl::string_view timeline, absl::string_view view,
                                                 const PinnedAsOf& from,
                                                 const PinnedAsOf& to) const {
  const Position last = std::max(from.position, to.position);
  ANNALS_ASSIGN_OR_RETURN(const Inquiry inquiry, Prepare(timeline, view, last));
  ANNALS_ASSIGN_OR_RETURN(v1::DiffResult answer,
                          Located(AnswerDiff(inquiry, from, to), Where(inquiry)));
  return WithRedactions(inquiry, last, std::move(answer));
}

absl::StatusOr<v1::HistoryResult> QueryEngine::History(absl::string_view timeline,
                                                       absl::string_view view,
                                                       const std::vector<PinnedAsOf>& steps) const {
  Position last;
  for (const PinnedAsOf& step : steps) last = std::max(last, step.position);
  ANNALS_ASSIGN_OR_RETURN(const Inquiry inquiry, Prepare(timeline, view, last));
  ANNALS_ASSIGN_OR_RETURN(v1::HistoryResult answer,
                          Located(AnswerHistory(inquiry, steps), Where(inquiry)));
  return WithRedactions(inquiry, last, std::move(answer));
}

absl::StatusOr<std::vector<v1::WhyResult>> QueryEngine::Why(absl::string_view timeline,
                                                            absl::string_view view, const Key& key,
                                                            const PinnedAsOf& as_of, Position after,
                                                            size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(const Inquiry inquiry, Prepare(timeline, view, as_of.position));
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::WhyResult> answers,
                          Located(AnswerWhy(inquiry, key, as_of, after, limit), Where(inquiry)));
  for (v1::WhyResult& answer : answers) {
    ANNALS_ASSIGN_OR_RETURN(answer, WithRedactions(inquiry, as_of.position, std::move(answer)));
  }
  return answers;
}

absl::StatusOr<v1::ExplainResult> QueryEngine::Explain(absl::string_view timeline,
                                                       absl::string_view view, const Key& key,
                                                       const PinnedAsOf& as_of) const {
  ANNALS_ASSIGN_OR_RETURN(const Inquiry inquiry, Prepare(timeline, view, as_of.position));
  return Located(AnswerExplain(inquiry, key, as_of, clock_), Where(inquiry));
}

absl::StatusOr<v1::EventList> QueryEngine::Timeline(absl::string_view timeline,
                                                    const EventFilter& filter,
                                                    const PinnedAsOf& as_of) const {
  ANNALS_ASSIGN_OR_RETURN(ListingPage page, TimelinePage(timeline, filter, as_of, {}));
  return std::move(page.list);
}

absl::StatusOr<ListingPage> QueryEngine::TimelinePage(absl::string_view timeline,
                                                      const EventFilter& filter,
                                                      const PinnedAsOf& as_of,
                                                      const ListingRange& range) const {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log_->Settings(timeline));
  std::vector<std::string> types;
  if (!filter.type.empty()) {
    ANNALS_ASSIGN_OR_RETURN(types, FindTypes(timeline, filter.type));
  }
  ANNALS_ASSIGN_OR_RETURN(const TemporalIndex* const index, IndexUpTo(timeline, as_of.position));
  return Located(ListTimeline(settings, *log_, *index, filter, types, as_of, range),
                 Where(timeline));
}

absl::StatusOr<std::vector<std::string>> QueryEngine::FindTypes(absl::string_view timeline,
                                                                absl::string_view name) const {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log_->Settings(timeline));
  return Located(Catalog(domains_).FindTypes(settings.domain, name), Where(timeline));
}

}  // namespace annals
