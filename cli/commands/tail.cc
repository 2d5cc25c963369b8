#include "cli/commands/tail.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/commands/tail_view.h"
#include "cli/event_lines.h"
#include "cli/feed_filter.h"
#include "cli/follower.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/render/events.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

constexpr uint64_t kDefaultEvents = 20;

struct TailArguments {
  std::string timeline;
  std::optional<uint64_t> after;
  std::optional<uint64_t> limit;
  bool follow = false;
  FilterArguments filter;
  std::string view;
  std::string valid;
  std::string known;

  bool IsDated() const { return !valid.empty() || !known.empty(); }
  uint64_t Limit() const { return limit.value_or(kDefaultEvents); }
};

absl::Status CheckIsRemote(const Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string server, session.ServerUrl());
  if (!server.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "nobody can append while this command has the store open, so there is nothing to follow; "
      "--follow needs --server URL");
}

absl::Status Follow(const TailArguments& arguments, const v1::SubscribeRequest& request,
                    Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  EventLines lines(&session);
  const auto subscribe = [service](const v1::SubscribeRequest& asked) {
    return service->Subscribe(asked);
  };
  const auto deliver = [&lines](const v1::FeedItem& item) { return lines.Print(item.event()); };
  return Follower<v1::SubscribeRequest, v1::FeedItem>(&session, request, subscribe, deliver)
      .Run(arguments.limit.value_or(UINT64_MAX));
}

// --- What is there ----------------------------------------------------------------

// All of a format but JSON is laid out as one table.
class Listing {
 public:
  explicit Listing(Session* session) : session_(session) {}

  absl::Status Add(const v1::Event& event) {
    if (session_->options().format != Format::kJson) {
      table_.rows.push_back(EventListRow(event));
      return absl::OkStatus();
    }
    ANNALS_ASSIGN_OR_RETURN(const std::string json, EventToJson(event, {}));
    session_->PrintJson(json);
    return absl::OkStatus();
  }

  void Finish() {
    if (session_->options().format != Format::kJson) session_->Print(table_);
  }

 private:
  Session* const session_;
  Table table_ = EventListTable(false);
};

absl::Status ListAll(const TailArguments& arguments, const v1::SubscribeRequest& from,
                     Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  v1::ReadEventsRequest request;
  request.set_timeline(from.timeline());
  request.set_after(from.after());
  request.set_limit(arguments.Limit());
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader, service->ReadEvents(request));
  Listing listing(&session);
  for (uint64_t read = 0; read < arguments.Limit() && session.out().good() && reader->Next();
       ++read) {
    ANNALS_RETURN_IF_ERROR(listing.Add(reader->event()));
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  listing.Finish();
  return absl::OkStatus();
}

// The first ones after --after, otherwise the last ones.
absl::Status ListMatching(const TailArguments& arguments, const v1::SubscribeRequest& request,
                          Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<FeedReader> feed, service->Subscribe(request));
  std::deque<v1::Event> events;
  while (!arguments.after.has_value() || events.size() < arguments.Limit()) {
    ANNALS_ASSIGN_OR_RETURN(v1::FeedItem item, feed->Next());
    if (item.has_caught_up()) break;
    if (!item.has_event()) continue;
    events.push_back(std::move(*item.mutable_event()));
    if (events.size() > arguments.Limit()) events.pop_front();
  }
  Listing listing(&session);
  for (const v1::Event& event : events) ANNALS_RETURN_IF_ERROR(listing.Add(event));
  listing.Finish();
  return absl::OkStatus();
}

// --- Which it is ------------------------------------------------------------------

absl::Status CheckGoTogether(const TailArguments& arguments, Session& session) {
  const std::string& named = session.options().timeline;
  if (!arguments.timeline.empty() && !named.empty() && arguments.timeline != named) {
    return absl::InvalidArgumentError(
        absl::StrCat("two timelines are named, ", arguments.timeline, " and --timeline ", named));
  }
  if (arguments.view.empty() && arguments.IsDated()) {
    return absl::InvalidArgumentError(
        "--valid and --known are a view's dates; name the view with --view");
  }
  if (!arguments.view.empty() && !arguments.filter.IsEmpty()) {
    return absl::InvalidArgumentError(
        "--stream, --type and --asserter choose events, and --view shows what events change; leave "
        "out the one or the other");
  }
  return arguments.follow ? CheckIsRemote(session) : absl::OkStatus();
}

// Where to begin. Of a view, and of what a filter lets pass, the last ones are only
// known when all were seen.
absl::StatusOr<uint64_t> AfterOf(const TailArguments& arguments, const std::string& timeline,
                                 Service* service) {
  v1::GetTimelineRequest request;
  request.set_timeline(timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline state, service->GetTimeline(request));
  const uint64_t last = state.head();
  const bool sees_all = !arguments.filter.IsEmpty() || !arguments.view.empty();
  uint64_t newest = std::min(last, arguments.follow ? kDefaultEvents : arguments.Limit());
  if (sees_all && !arguments.follow) newest = last;
  const uint64_t after = arguments.after.value_or(last - newest);
  if (after <= last) return after;
  return absl::OutOfRangeError(absl::StrCat("timeline \"", timeline, "\": --after ", after,
                                            " is beyond the last event, ", last));
}

absl::Status TailView(const TailArguments& arguments, uint64_t after,
                      const TimelineSettings& timeline, Session& session) {
  v1::SubscribeViewRequest request;
  request.set_timeline(timeline.name);
  request.set_view(arguments.view);
  request.set_after(after);
  request.set_valid(arguments.valid);
  request.set_known(arguments.known);
  if (arguments.follow) {
    return FollowView(request, arguments.limit.value_or(UINT64_MAX), timeline, session);
  }
  return ListViewChanges(request, arguments.Limit(), arguments.after.has_value(), timeline,
                         session);
}

absl::Status Tail(const TailArguments& arguments, Session& session) {
  ANNALS_RETURN_IF_ERROR(CheckGoTogether(arguments, session));
  if (!arguments.timeline.empty()) session.options().timeline = arguments.timeline;
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const uint64_t after, AfterOf(arguments, timeline.name, service));
  if (!arguments.view.empty()) return TailView(arguments, after, timeline, session);
  v1::SubscribeRequest request;
  request.set_timeline(timeline.name);
  request.set_after(after);
  ANNALS_ASSIGN_OR_RETURN(*request.mutable_filter(),
                          ToFilter(arguments.filter, timeline.name, service));
  if (arguments.follow) return Follow(arguments, request, session);
  return arguments.filter.IsEmpty() ? ListAll(arguments, request, session)
                                    : ListMatching(arguments, request, session);
}

}  // namespace

void AddTailCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("tail", "The last events, in the order recorded");
  auto arguments = std::make_shared<TailArguments>();
  command->add_option("TIMELINE", arguments->timeline, "The timeline, as --timeline names it")
      ->type_name("");
  command
      ->add_option("--after", arguments->after,
                   "The first events after this position, instead of the last ones")
      ->type_name("N")
      ->check(WholeNumber());
  command
      ->add_option("--limit", arguments->limit,
                   "At most this many (default: 20; with --follow, without end)")
      ->type_name("N")
      ->check(WholeNumber());
  command->add_flag("--follow", arguments->follow,
                    "Go on with the events to come, and on again when the server was away");
  AddFilterOptions(command, &arguments->filter);
  command
      ->add_option("--view", arguments->view,
                   "What events changed in this view, instead of the events")
      ->type_name("VIEW");
  command
      ->add_option("--valid", arguments->valid,
                   "The view as of this date instead of now; with --known")
      ->type_name("DATE");
  command->add_option("--known", arguments->known, "As known by this date; with --valid")
      ->type_name("DATE");
  AddExamples(command, {"annals tail", "annals tail --after 40 --limit 100 --format json",
                        "annals tail --view summary",
                        "annals tail --follow --format json --server http://127.0.0.1:7171"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Tail(*arguments, session); };
  });
}

}  // namespace annals
