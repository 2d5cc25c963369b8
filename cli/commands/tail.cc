#include "cli/commands/tail.h"

#include <algorithm>
#include <chrono>
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
#include "cli/event_lines.h"
#include "cli/feed_filter.h"
#include "engine/base/status.h"
#include "engine/query/json.h"
#include "engine/render/events.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

constexpr uint64_t kDefaultEvents = 20;
constexpr std::chrono::milliseconds kFirstPause(100);
constexpr std::chrono::milliseconds kLongestPause(10'000);

struct TailArguments {
  std::string timeline;
  std::optional<uint64_t> after;
  std::optional<uint64_t> limit;
  bool follow = false;
  FilterArguments filter;

  uint64_t Limit() const { return limit.value_or(kDefaultEvents); }
};

// --- Following --------------------------------------------------------------------

// What may pass by itself: the server goes away, or cuts whoever reads too slowly.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
}

// A feed that is subscribed to again whenever it breaks off.
class Follower {
 public:
  // Begins where `request` says.
  Follower(Session* session, Service* service, v1::SubscribeRequest request)
      : session_(session), service_(service), request_(std::move(request)), lines_(session) {}

  // Prints up to `limit` events, or for as long as there is somebody to read them.
  absl::Status Run(std::optional<uint64_t> limit) {
    absl::StatusOr<std::unique_ptr<FeedReader>> feed = service_->Subscribe(request_);
    if (!feed.ok()) return feed.status();
    while (printed_ < limit.value_or(UINT64_MAX) && session_->out().good()) {
      absl::StatusOr<v1::FeedItem> item = (*feed)->Next();
      if (item.ok()) {
        ANNALS_RETURN_IF_ERROR(Deliver(*item));
        continue;
      }
      if (!MayPass(item.status())) return item.status();
      feed = Resume(item.status());
      if (!feed.ok()) return feed.status();
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Deliver(const v1::FeedItem& item) {
    pause_ = kFirstPause;
    switch (item.item_case()) {
      case v1::FeedItem::kEvent:
        ANNALS_RETURN_IF_ERROR(lines_.Print(item.event()));
        ++printed_;
        request_.set_after(item.event().position());
        break;
      case v1::FeedItem::kCheckpoint:
        request_.set_after(item.checkpoint().position());
        break;
      case v1::FeedItem::kCaughtUp:
        request_.set_after(item.caught_up().position());
        break;
      case v1::FeedItem::ITEM_NOT_SET:
        break;
    }
    return absl::OkStatus();
  }

  // The feed after the last item, once there is one again.
  absl::StatusOr<std::unique_ptr<FeedReader>> Resume(const absl::Status& why) {
    session_->Remark(absl::StrCat(why.message(), "; going on after position ", request_.after(),
                                  " as soon as that is possible"));
    while (true) {
      if (session_->environment().pause) session_->environment().pause(pause_);
      pause_ = std::min(2 * pause_, kLongestPause);
      absl::StatusOr<std::unique_ptr<FeedReader>> feed = service_->Subscribe(request_);
      if (feed.ok() || !MayPass(feed.status())) return feed;
    }
  }

  Session* const session_;
  Service* const service_;
  v1::SubscribeRequest request_;
  EventLines lines_;
  uint64_t printed_ = 0;
  std::chrono::milliseconds pause_ = kFirstPause;
};

absl::Status Follow(const TailArguments& arguments, v1::SubscribeRequest request,
                    Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string server, session.ServerUrl());
  if (server.empty()) {
    return absl::FailedPreconditionError(
        "nobody can append while this command has the store open, so there is nothing to follow; "
        "--follow needs --server URL");
  }
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  return Follower(&session, service, std::move(request)).Run(arguments.limit);
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

absl::Status Tail(const TailArguments& arguments, Session& session) {
  std::string& named = session.options().timeline;
  if (!arguments.timeline.empty() && !named.empty() && arguments.timeline != named) {
    return absl::InvalidArgumentError(
        absl::StrCat("two timelines are named, ", arguments.timeline, " and --timeline ", named));
  }
  if (!arguments.timeline.empty()) named = arguments.timeline;
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::GetTimelineRequest head_request;
  head_request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline state, service->GetTimeline(head_request));
  const uint64_t last = state.head();
  const bool filtered = !arguments.filter.IsEmpty();
  uint64_t newest = std::min(last, arguments.follow ? kDefaultEvents : arguments.Limit());
  if (filtered && !arguments.follow) newest = last;
  const uint64_t after = arguments.after.value_or(last - newest);
  if (after > last) {
    return absl::OutOfRangeError(absl::StrCat("timeline \"", timeline.name, "\": --after ", after,
                                              " is beyond the last event, ", last));
  }
  v1::SubscribeRequest request;
  request.set_timeline(timeline.name);
  request.set_after(after);
  ANNALS_ASSIGN_OR_RETURN(*request.mutable_filter(),
                          ToFilter(arguments.filter, timeline.name, service));
  if (arguments.follow) return Follow(arguments, std::move(request), session);
  return filtered ? ListMatching(arguments, request, session)
                  : ListAll(arguments, request, session);
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
  AddExamples(command, {"annals tail", "annals tail --after 40 --limit 100 --format json",
                        "annals tail --follow --format json --server http://127.0.0.1:7171"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Tail(*arguments, session); };
  });
}

}  // namespace annals
