// Unsealing: events as they are shown to whoever may read them.
#ifndef ANNALS_ENGINE_QUERY_UNSEALING_H_
#define ANNALS_ENGINE_QUERY_UNSEALING_H_

#include "absl/status/status.h"
#include "engine/privacy/field_sealer.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Shows the payload's sealed fields, or that they are erased. The event is no longer the
// one that the log holds, so this is for showing, not for passing on. INVALID_ARGUMENT
// if the payload's bytes are no message of its type; a type that isn't linked in stays
// as it is.
absl::Status Unseal(const FieldSealer& sealer, v1::Event* event);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_UNSEALING_H_
