// A payload as its own message, by the types that are linked in.
#ifndef ANNALS_ENGINE_QUERY_PAYLOAD_H_
#define ANNALS_ENGINE_QUERY_PAYLOAD_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace annals {

// For showing and searching what a log has already accepted; what a log accepts
// is PayloadTypes' affair. INVALID_ARGUMENT if the type isn't linked in, or the
// bytes are no such message.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadPayload(
    const google::protobuf::Any& payload);

// Rewrites the bytes of every Any in `message`, at any depth, as its own message
// serialises deterministically. Errors are ReadPayload's; an Any without a type
// stays.
absl::Status NormalizePayloads(google::protobuf::Message* message);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_PAYLOAD_H_
