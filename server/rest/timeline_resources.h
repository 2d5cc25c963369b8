// Timelines, and what they can be asked: /v1/timelines, …/{timeline}, its views,
// types and stats, and /v1/stats.
#ifndef ANNALS_SERVER_REST_TIMELINE_RESOURCES_H_
#define ANNALS_SERVER_REST_TIMELINE_RESOURCES_H_

#include "server/rest/resource.h"

namespace annals::rest {

// The messages of ListTimelines, GetTimeline, CreateTimeline, ListViews, ListTypes
// and GetStats as JSON, lists also as CSV, as the command line prints them.
void AddTimelineResources(const ResourceContext& context, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_TIMELINE_RESOURCES_H_
