// StreamPass: leave to follow one timeline.
//
//   ANNALS_ASSIGN_OR_RETURN(const auto pass, service.OpenStream("venezuela-2026"));
//   ANNALS_ASSIGN_OR_RETURN(auto subscription, pass->Subscribe(request));
//   …
//   ANNALS_RETURN_IF_ERROR(pass->CheckStands());  // Before each thing that is sent.
#ifndef ANNALS_ENGINE_SERVICE_STREAM_PASS_H_
#define ANNALS_ENGINE_SERVICE_STREAM_PASS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/principal.h"
#include "engine/access/quotas.h"
#include "engine/backup/image_reader.h"
#include "engine/feed/subscription.h"
#include "engine/feed/view_changes.h"
#include "engine/log/event_reader.h"
#include "engine/service/feed_reader.h"
#include "engine/service/guarded_store.h"
#include "proto/annals/v1/backup.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// Counts as one of its principal's streams for as long as it lives, and is the way to
// the timeline's events and changes. GuardedService::OpenStream gives it out.
// Thread-safe. The store must outlive it.
class StreamPass : public std::enable_shared_from_this<StreamPass> {
 public:
  // `place` may be null.
  StreamPass(const GuardedStore* store, PrincipalPtr principal, std::string timeline,
             std::unique_ptr<Quotas::Stream> place)
      : store_(store),
        principal_(std::move(principal)),
        timeline_(std::move(timeline)),
        place_(std::move(place)) {}

  // UNAUTHENTICATED once the token has been revoked.
  absl::Status CheckStands() const { return principal_->CheckStands(); }

  // Calls `then` when that is so: see RevocationWatch.
  std::unique_ptr<RevocationWatch> WhenRevoked(std::function<void()> then) const {
    return std::make_unique<RevocationWatch>(principal_, std::move(then));
  }

  // PERMISSION_DENIED if the request is about another timeline; otherwise the errors of
  // Feed::Subscribe, ViewChanges::Open, Service::ReadEvents, Service::Subscribe
  // and Service::SubscribeView. The readers hold on to the pass, and fail once it is revoked.
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(
      const v1::SubscribeRequest& request) const;
  absl::StatusOr<std::unique_ptr<ViewChanges>> FollowView(
      const v1::SubscribeViewRequest& request) const;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadEvents(
      const v1::ReadEventsRequest& request) const;
  absl::StatusOr<std::unique_ptr<FeedReader>> Read(const v1::SubscribeRequest& request) const;
  absl::StatusOr<std::unique_ptr<ViewFeedReader>> Read(
      const v1::SubscribeViewRequest& request) const;
  // Takes an ADMIN of all timelines.
  absl::StatusOr<std::unique_ptr<ImageReader>> Backup(const v1::BackupRequest& request) const;

 private:
  absl::Status CheckIsFor(const std::string& timeline) const;

  const GuardedStore* const store_;
  const PrincipalPtr principal_;
  const std::string timeline_;
  const std::unique_ptr<Quotas::Stream> place_;
};

using StreamPassPtr = std::shared_ptr<const StreamPass>;

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_STREAM_PASS_H_
