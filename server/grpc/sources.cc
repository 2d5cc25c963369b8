#include "server/grpc/sources.h"

#include <optional>
#include <utility>

#include "engine/base/status.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

constexpr int kPortionEvents = 1'000;

// A change of a view is a hundred bytes, about; what one event changed stays together.
constexpr size_t kPortionRows = 1'000;

class EventsSource final : public StreamSource {
 public:
  explicit EventsSource(std::unique_ptr<EventReader> reader) : reader_(std::move(reader)) {}

  absl::StatusOr<StreamPortion> Next() override {
    StreamPortion portion;
    response_.clear_events();
    size_t bytes = 0;
    while (response_.events_size() < kPortionEvents && bytes < kPortionBytes) {
      if (!reader_->Next()) {
        ANNALS_RETURN_IF_ERROR(reader_->status());
        portion.then = StreamPortion::Then::kEnd;
        break;
      }
      v1::Event* const event = response_.add_events();
      reader_->Take(event);
      bytes += event->ByteSizeLong();
    }
    if (response_.events_size() > 0) portion.messages.push_back(response_.SerializeAsString());
    return portion;
  }

 private:
  const std::unique_ptr<EventReader> reader_;
  v1::ReadEventsResponse response_;  // Kept, so that its events' memory is used again.
};

class ImageSource final : public StreamSource {
 public:
  explicit ImageSource(std::unique_ptr<ImageReader> reader) : reader_(std::move(reader)) {}

  absl::StatusOr<StreamPortion> Next() override {
    StreamPortion portion;
    ANNALS_ASSIGN_OR_RETURN(const std::optional<v1::BackupResponse> response, reader_->Next());
    if (response) {
      portion.messages.push_back(response->SerializeAsString());
    } else {
      portion.then = StreamPortion::Then::kEnd;
    }
    return portion;
  }

 private:
  const std::unique_ptr<ImageReader> reader_;
};

class FeedSource final : public StreamSource {
 public:
  FeedSource(std::unique_ptr<Subscription> subscription, const Clock* clock)
      : subscription_(std::move(subscription)), clock_(clock) {}

  absl::StatusOr<StreamPortion> Next() override {
    ANNALS_ASSIGN_OR_RETURN(
        const FeedBatch batch,
        subscription_->Next({.max_events = kPortionEvents, .max_bytes = kPortionBytes},
                            clock_->Now()));
    StreamPortion portion;
    if (!batch.items.empty()) {
      portion.messages.push_back(SerializeSubscribeResponse(batch.items));
    }
    portion.then = batch.at_head ? StreamPortion::Then::kWait : StreamPortion::Then::kAgain;
    portion.again_at = batch.again_at;
    at_head_ = batch.at_head;
    return portion;
  }

  // What is live is in memory.
  bool takes_long() const override { return !at_head_; }
  Position position() const override { return subscription_->position(); }

 private:
  const std::unique_ptr<Subscription> subscription_;
  const Clock* const clock_;
  bool at_head_ = false;
};

class ViewSource final : public StreamSource {
 public:
  explicit ViewSource(std::unique_ptr<ViewChanges> changes) : changes_(std::move(changes)) {}

  absl::StatusOr<StreamPortion> Next() override {
    ANNALS_ASSIGN_OR_RETURN(ViewChangeBatch batch, changes_->Next({.max_rows = kPortionRows}));
    StreamPortion portion;
    v1::SubscribeViewResponse response;
    for (v1::ViewFeedItem& item : batch.items) *response.add_items() = std::move(item);
    if (response.items_size() > 0) portion.messages.push_back(response.SerializeAsString());
    portion.then = batch.at_head ? StreamPortion::Then::kWait : StreamPortion::Then::kAgain;
    return portion;
  }

  Position position() const override { return changes_->position(); }

 private:
  const std::unique_ptr<ViewChanges> changes_;
};

}  // namespace

std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<EventReader> reader) {
  return std::make_unique<EventsSource>(std::move(reader));
}

std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<ImageReader> reader) {
  return std::make_unique<ImageSource>(std::move(reader));
}

std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<Subscription> subscription,
                                       const Clock* clock) {
  return std::make_unique<FeedSource>(std::move(subscription), clock);
}

std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<ViewChanges> changes) {
  return std::make_unique<ViewSource>(std::move(changes));
}

}  // namespace annals
