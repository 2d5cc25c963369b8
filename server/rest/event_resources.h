// Events: /v1/timelines/{timeline}/events, to list and to append, and one by its id or
// position.
#ifndef ANNALS_SERVER_REST_EVENT_RESOURCES_H_
#define ANNALS_SERVER_REST_EVENT_RESOURCES_H_

#include "server/rest/resource.h"

namespace annals::rest {

// A listing comes page by page: `nextPageToken` carries the coordinates of the first
// one, and Link: rel="next" has the next one's target. An event never changes.
void AddEventResources(const ResourceContext& context, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_EVENT_RESOURCES_H_
