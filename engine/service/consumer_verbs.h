// The verbs of durable consumers, as messages.
#ifndef ANNALS_ENGINE_SERVICE_CONSUMER_VERBS_H_
#define ANNALS_ENGINE_SERVICE_CONSUMER_VERBS_H_

#include "absl/status/statusor.h"
#include "engine/feed/consumers.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// What service.proto says of each, and its errors. Settling costs a synced write.
absl::StatusOr<v1::FetchDeliveriesResponse> Fetch(const Consumers& consumers,
                                                  const v1::FetchDeliveriesRequest& request);
absl::StatusOr<v1::SettledPositions> Ack(const Consumers& consumers,
                                         const v1::AckDeliveriesRequest& request);
absl::StatusOr<v1::SettledPositions> Nack(const Consumers& consumers,
                                          const v1::NackDeliveriesRequest& request);
absl::StatusOr<v1::ListParkedEventsResponse> ListParked(const Consumers& consumers,
                                                        const v1::ListParkedEventsRequest& request);
absl::StatusOr<v1::SettledPositions> Replay(const Consumers& consumers,
                                            const v1::ReplayParkedEventsRequest& request);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_CONSUMER_VERBS_H_
