#include "server/rest/feed_cursor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/service/stream_frame.h"
#include "server/http/problem.h"
#include "server/rest/cloud_event.h"

namespace annals::rest {
namespace {

constexpr Subscription::Limits kEventLimits = {.max_events = 256, .max_bytes = size_t{64} << 10};
constexpr ViewChanges::Limits kChangeLimits = {.max_events = 20, .max_rows = 200};

std::string ServerSentEvent(Position position, absl::string_view kind, absl::string_view data) {
  return absl::StrCat("id: ", position.value, "\nevent: ", kind, "\ndata: ", data, "\n\n");
}

std::string Line(absl::string_view member, absl::string_view value) {
  return absl::StrCat("{\"", member, "\": ", value, "}\n");
}

std::string PositionJson(Position position) {
  return absl::StrCat("{\"position\": ", position.value, "}");
}

// A checkpoint or a caught-up notice, which events and changes have alike.
struct Notice {
  absl::string_view kind;    // Of a Server-Sent Event.
  absl::string_view member;  // Of a line.
  absl::string_view type;    // Of a cloud event.
};
constexpr Notice kCheckpoint = {"checkpoint", "checkpoint", "annals.v1.Checkpoint"};
constexpr Notice kCaughtUp = {"caught-up", "caughtUp", "annals.v1.CaughtUp"};

std::string NoticeRecord(const Notice& notice, Position position, const FeedStyle& style,
                         absl::string_view timeline) {
  const std::string data = style.event == EventForm::kCloudEvent
                               ? CloudNotice(timeline, notice.type, position)
                               : PositionJson(position);
  if (style.form == FeedForm::kEvents) return ServerSentEvent(position, notice.kind, data);
  return style.event == EventForm::kCloudEvent ? absl::StrCat(data, "\n")
                                               : Line(notice.member, data);
}

constexpr absl::string_view kComment = ":\n\n";

// --- A timeline's events ------------------------------------------------------------

class EventFeedCursor final : public FeedCursor {
 public:
  EventFeedCursor(std::unique_ptr<Subscription> subscription, FeedStyle style)
      : subscription_(std::move(subscription)), style_(style) {}

  absl::StatusOr<Piece> Next(Instant now) override {
    ANNALS_ASSIGN_OR_RETURN(const FeedBatch batch, subscription_->Next(kEventLimits, now));
    Piece piece{.at_head = batch.at_head, .again_at = batch.again_at};
    if (style_.form == FeedForm::kFrames) {
      if (!batch.items.empty()) {
        AppendMessageFrame(SerializeSubscribeResponse(batch.items), &piece.records);
      }
      return piece;
    }
    for (const FeedItem& item : batch.items) {
      ANNALS_RETURN_IF_ERROR(AppendRecord(item, &piece.records));
    }
    return piece;
  }

  bool takes_long() const override { return false; }
  const std::string& timeline() const override { return subscription_->timeline(); }
  Position position() const override { return subscription_->position(); }
  std::string Heartbeat() const override {
    if (style_.form == FeedForm::kEvents) return std::string(kComment);
    if (style_.form == FeedForm::kLines) {
      return NoticeRecord(kCheckpoint, position(), style_, timeline());
    }
    v1::SubscribeResponse response;
    response.add_items()->mutable_checkpoint()->set_position(position().value);
    std::string record;
    AppendMessageFrame(response.SerializeAsString(), &record);
    return record;
  }

 private:
  absl::Status AppendRecord(const FeedItem& item, std::string* records) const {
    if (item.kind != FeedItem::Kind::kEvent) {
      const Notice& notice = item.kind == FeedItem::Kind::kCheckpoint ? kCheckpoint : kCaughtUp;
      absl::StrAppend(records, NoticeRecord(notice, item.position, style_, timeline()));
      return absl::OkStatus();
    }
    // Made once for all who follow the timeline in this style.
    const int number = static_cast<int>(style_.form) * 2 + static_cast<int>(style_.event);
    const absl::StatusOr<std::string>& record =
        item.event->Rendered(number, [this](const FeedEvent& event) { return EventRecord(event); });
    if (!record.ok()) return record.status();
    records->append(*record);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> EventRecord(const FeedEvent& feed_event) const {
    ANNALS_ASSIGN_OR_RETURN(const v1::Event event, feed_event.Decode());
    const bool is_cloud = style_.event == EventForm::kCloudEvent;
    const std::string data = is_cloud ? CloudEvent(timeline(), event) : MessageToJson(event, {});
    if (style_.form == FeedForm::kEvents) {
      return ServerSentEvent(feed_event.position(), "event", data);
    }
    return is_cloud ? absl::StrCat(data, "\n") : Line("event", data);
  }

  const std::unique_ptr<Subscription> subscription_;
  const FeedStyle style_;
};

// --- A view's changes ---------------------------------------------------------------

class ViewFeedCursor final : public FeedCursor {
 public:
  ViewFeedCursor(std::unique_ptr<ViewChanges> changes, FeedForm form, HomeZone zone)
      : changes_(std::move(changes)), form_(form), zone_(std::move(zone)) {}

  absl::StatusOr<Piece> Next(Instant) override {
    ANNALS_ASSIGN_OR_RETURN(ViewChangeBatch batch, changes_->Next(kChangeLimits));
    Piece piece{.at_head = batch.at_head};
    if (form_ == FeedForm::kFrames) {
      v1::SubscribeViewResponse response;
      for (v1::ViewFeedItem& item : batch.items) *response.add_items() = std::move(item);
      if (response.items_size() > 0) {
        AppendMessageFrame(response.SerializeAsString(), &piece.records);
      }
      return piece;
    }
    for (const v1::ViewFeedItem& item : batch.items) piece.records += Record(item);
    return piece;
  }

  bool takes_long() const override { return true; }
  const std::string& timeline() const override { return changes_->timeline(); }
  Position position() const override { return changes_->position(); }
  std::string Heartbeat() const override {
    if (form_ == FeedForm::kEvents) return std::string(kComment);
    v1::SubscribeViewResponse response;
    response.add_items()->mutable_checkpoint()->set_position(position().value);
    if (form_ == FeedForm::kLines) return Record(response.items(0));
    std::string record;
    AppendMessageFrame(response.SerializeAsString(), &record);
    return record;
  }

 private:
  std::string Record(const v1::ViewFeedItem& item) const {
    const FeedStyle style{.form = form_};
    if (item.has_checkpoint()) {
      return NoticeRecord(kCheckpoint, {item.checkpoint().position()}, style, timeline());
    }
    if (item.has_caught_up()) {
      return NoticeRecord(kCaughtUp, {item.caught_up().position()}, style, timeline());
    }
    const std::string data = AnswerToJson(item.change(), zone_, {});
    return form_ == FeedForm::kEvents ? ServerSentEvent({item.change().position()}, "change", data)
                                      : Line("change", data);
  }

  const std::unique_ptr<ViewChanges> changes_;
  const FeedForm form_;
  const HomeZone zone_;
};

}  // namespace

std::unique_ptr<FeedCursor> EventCursor(std::unique_ptr<Subscription> subscription,
                                        FeedStyle style) {
  return std::make_unique<EventFeedCursor>(std::move(subscription), style);
}

std::unique_ptr<FeedCursor> ViewCursor(std::unique_ptr<ViewChanges> changes, FeedForm form,
                                       HomeZone zone) {
  return std::make_unique<ViewFeedCursor>(std::move(changes), form, std::move(zone));
}

std::string FeedFarewell(FeedForm form, const absl::Status& reason) {
  if (form == FeedForm::kFrames) return EndFrame(reason);
  const std::string data =
      absl::StrCat("{\"code\": \"", absl::StatusCodeToString(reason.code()),
                   "\", \"detail\": ", http::JsonString(reason.message()), "}");
  // Without an id: what was received last stays the place to resume from.
  if (form == FeedForm::kEvents) return absl::StrCat("event: end\ndata: ", data, "\n\n");
  return Line("end", data);
}

}  // namespace annals::rest
