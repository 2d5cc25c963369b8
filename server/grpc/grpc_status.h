// How an absl::Status goes out over gRPC.
#ifndef ANNALS_SERVER_GRPC_GRPC_STATUS_H_
#define ANNALS_SERVER_GRPC_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <cstdint>

#include "absl/status/status.h"

namespace annals {

// The same code and message. Payloads that are messages (their type URL begins with
// "type.googleapis.com/") go along as the details of a google.rpc.Status, which is
// there only if there are any.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The same status, with a google.rpc.RetryInfo among its details. `status` must not
// be OK.
absl::Status WithRetryDelay(absl::Status status, int64_t micros);

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_GRPC_STATUS_H_
