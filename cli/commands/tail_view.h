// annals tail --view: what events changed in a view.
#ifndef ANNALS_CLI_COMMANDS_TAIL_VIEW_H_
#define ANNALS_CLI_COMMANDS_TAIL_VIEW_H_

#include <cstdint>

#include "absl/status/status.h"
#include "cli/session.h"
#include "engine/log/timeline_settings.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// Prints the changes as `request` asks for them, as they come, up to `limit` events
// that changed something; on again whenever the server was away. FAILED_PRECONDITION
// where no server is asked.
absl::Status FollowView(const v1::SubscribeViewRequest& request, uint64_t limit,
                        const TimelineSettings& timeline, Session& session);

// Prints those that there are: the first `limit`, otherwise the last ones.
absl::Status ListViewChanges(const v1::SubscribeViewRequest& request, uint64_t limit, bool first,
                             const TimelineSettings& timeline, Session& session);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_TAIL_VIEW_H_
