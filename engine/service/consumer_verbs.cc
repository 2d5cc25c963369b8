#include "engine/service/consumer_verbs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/position.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/feed/durable_consumer.h"

namespace annals {
namespace {

constexpr uint32_t kMaxEvents = 1'000;
constexpr uint64_t kMaxRetryMs = 86'400'000;
constexpr int64_t kMicrosPerMilli = 1'000;

size_t AtMost(uint32_t asked) { return asked == 0 ? kMaxEvents : std::min(asked, kMaxEvents); }

// The consumer that a request names.
template <typename Request>
absl::StatusOr<std::shared_ptr<DurableConsumer>> Named(const Consumers& consumers,
                                                       const Request& request) {
  return consumers.Find(request.timeline(), request.consumer());
}

template <typename Request>
std::vector<Position> PositionsOf(const Request& request) {
  std::vector<Position> positions;
  for (const uint64_t position : request.positions()) positions.push_back({position});
  return positions;
}

v1::SettledPositions ToProto(const Settled& settled) {
  v1::SettledPositions proto;
  for (const Position position : settled.done) proto.add_done(position.value);
  for (const Position position : settled.not_held) proto.add_not_held(position.value);
  return proto;
}

}  // namespace

absl::StatusOr<v1::FetchDeliveriesResponse> Fetch(const Consumers& consumers,
                                                  const v1::FetchDeliveriesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const auto consumer, Named(consumers, request));
  ANNALS_ASSIGN_OR_RETURN(
      const Fetched fetched,
      consumer->Fetch(request.member(), {.max_events = AtMost(request.max_events())}));
  v1::FetchDeliveriesResponse response;
  for (const Lease& lease : fetched.leases) {
    ANNALS_ASSIGN_OR_RETURN(*response.add_deliveries(), lease.ToProto());
  }
  response.set_more(fetched.more);
  response.set_scanned(fetched.scanned.value);
  if (fetched.again_at != Instant::End()) {
    *response.mutable_again_at() = ToTimestamp(fetched.again_at);
  }
  response.set_window_full(fetched.window_full);
  return response;
}

absl::StatusOr<v1::SettledPositions> Ack(const Consumers& consumers,
                                         const v1::AckDeliveriesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const auto consumer, Named(consumers, request));
  ANNALS_ASSIGN_OR_RETURN(const Settled settled,
                          consumer->Ack(request.member(), PositionsOf(request)));
  return ToProto(settled);
}

absl::StatusOr<v1::SettledPositions> Nack(const Consumers& consumers,
                                          const v1::NackDeliveriesRequest& request) {
  DurableConsumer::Refusal refusal;
  refusal.reason = request.reason();
  if (request.has_retry_ms()) {
    if (request.retry_ms() > kMaxRetryMs) {
      return absl::InvalidArgumentError(
          absl::StrCat("`retry_ms` is ", request.retry_ms(), "; at most ", kMaxRetryMs, ", a day"));
    }
    refusal.retry_micros = static_cast<int64_t>(request.retry_ms()) * kMicrosPerMilli;
  }
  ANNALS_ASSIGN_OR_RETURN(const auto consumer, Named(consumers, request));
  ANNALS_ASSIGN_OR_RETURN(const Settled settled,
                          consumer->Nack(request.member(), PositionsOf(request), refusal));
  return ToProto(settled);
}

absl::StatusOr<v1::ListParkedEventsResponse> ListParked(
    const Consumers& consumers, const v1::ListParkedEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const auto consumer, Named(consumers, request));
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::ParkedEvent> parked,
                          consumer->Parked({request.after()}, AtMost(request.limit())));
  v1::ListParkedEventsResponse response;
  for (v1::ParkedEvent& event : parked) *response.add_events() = std::move(event);
  return response;
}

absl::StatusOr<v1::SettledPositions> Replay(const Consumers& consumers,
                                            const v1::ReplayParkedEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const auto consumer, Named(consumers, request));
  ANNALS_ASSIGN_OR_RETURN(const Settled settled, consumer->Replay(PositionsOf(request)));
  return ToProto(settled);
}

}  // namespace annals
