#include "engine/service/stream_pass.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

class PassingEventReader final : public EventReader {
 public:
  PassingEventReader(std::unique_ptr<EventReader> reader, StreamPassPtr pass)
      : reader_(std::move(reader)), pass_(std::move(pass)) {}

  bool Next() override {
    if (standing_.ok()) standing_ = pass_->CheckStands();
    return standing_.ok() && reader_->Next();
  }
  const v1::Event& event() const override { return reader_->event(); }
  void Take(v1::Event* event) override { reader_->Take(event); }
  absl::Status status() const override { return standing_.ok() ? reader_->status() : standing_; }

 private:
  const std::unique_ptr<EventReader> reader_;
  const StreamPassPtr pass_;
  absl::Status standing_;
};

template <typename Item>
class PassingReader final : public ItemReader<Item> {
 public:
  PassingReader(std::unique_ptr<ItemReader<Item>> reader, StreamPassPtr pass)
      : reader_(std::move(reader)),
        pass_(std::move(pass)),
        watch_(pass_->WhenRevoked([this] { reader_->Cancel(); })) {}

  absl::StatusOr<Item> Next() override {
    absl::StatusOr<Item> item = reader_->Next();
    ANNALS_RETURN_IF_ERROR(pass_->CheckStands());
    return item;
  }
  void Cancel() override { reader_->Cancel(); }

 private:
  const std::unique_ptr<ItemReader<Item>> reader_;
  const StreamPassPtr pass_;
  const std::unique_ptr<RevocationWatch> watch_;
};

class PassingImageReader final : public ImageReader {
 public:
  PassingImageReader(std::unique_ptr<ImageReader> reader, StreamPassPtr pass)
      : reader_(std::move(reader)), pass_(std::move(pass)) {}

  absl::StatusOr<std::optional<v1::BackupResponse>> Next() override {
    ANNALS_RETURN_IF_ERROR(pass_->CheckStands());
    return reader_->Next();
  }

 private:
  const std::unique_ptr<ImageReader> reader_;
  const StreamPassPtr pass_;
};

}  // namespace

absl::Status StreamPass::CheckIsFor(const std::string& timeline) const {
  ANNALS_RETURN_IF_ERROR(CheckStands());
  if (timeline == timeline_) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("this stream is of \"", timeline_, "\" and not of \"", timeline, "\""));
}

absl::StatusOr<std::unique_ptr<Subscription>> StreamPass::Subscribe(
    const v1::SubscribeRequest& request) const {
  ANNALS_RETURN_IF_ERROR(CheckIsFor(request.timeline()));
  return store_->feed->Subscribe(request);
}

absl::StatusOr<std::unique_ptr<ViewChanges>> StreamPass::FollowView(
    const v1::SubscribeViewRequest& request) const {
  ANNALS_RETURN_IF_ERROR(CheckIsFor(request.timeline()));
  return ViewChanges::Open(store_->queries, store_->log, request);
}

absl::StatusOr<std::unique_ptr<EventReader>> StreamPass::ReadEvents(
    const v1::ReadEventsRequest& request) const {
  ANNALS_RETURN_IF_ERROR(CheckIsFor(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<EventReader> reader,
                          store_->service->ReadEvents(request));
  return std::make_unique<PassingEventReader>(std::move(reader), shared_from_this());
}

absl::StatusOr<std::unique_ptr<FeedReader>> StreamPass::Read(
    const v1::SubscribeRequest& request) const {
  ANNALS_RETURN_IF_ERROR(CheckIsFor(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<FeedReader> reader, store_->service->Subscribe(request));
  return std::make_unique<PassingReader<v1::FeedItem>>(std::move(reader), shared_from_this());
}

absl::StatusOr<std::unique_ptr<ViewFeedReader>> StreamPass::Read(
    const v1::SubscribeViewRequest& request) const {
  ANNALS_RETURN_IF_ERROR(CheckIsFor(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<ViewFeedReader> reader,
                          store_->service->SubscribeView(request));
  return std::make_unique<PassingReader<v1::ViewFeedItem>>(std::move(reader), shared_from_this());
}

absl::StatusOr<std::unique_ptr<ImageReader>> StreamPass::Backup(
    const v1::BackupRequest& request) const {
  ANNALS_RETURN_IF_ERROR(principal_->CheckMay(v1::ADMIN, kAllTimelines));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<ImageReader> reader, store_->service->Backup(request));
  return std::make_unique<PassingImageReader>(std::move(reader), shared_from_this());
}

}  // namespace annals
