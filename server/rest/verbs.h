// The verbs over HTTP: every rpc of annals.v1.Timelines as a POST, for programs.
//
//   POST /v1/verbs/AsOf HTTP/1.1
//   Content-Type: application/protobuf
//
//   <a serialized annals.v1.AsOfRequest>
//
// The body is one request message, as application/protobuf (or -x-protobuf) or as
// application/json; an empty body is an empty message. The answer is 200 and one
// response message in the form that Accept prefers, by default that of the body.
// JSON is proto3 JSON with every number a JSON number; unknown fields are refused.
// Errors are problem documents (server/http/problem.h): `code` is the Status code's
// name, `detail` its message.
//
// ReadEvents, Backup, RebuildProjections, Redact and Subscribe answer with application/protobuf
// alone, as frames (engine/service/stream_frame.h) of ReadEventsResponse,
// RebuildProjectionsResponse, RedactResponse and FeedItem. What can be refused before the first
// message is a problem document; what goes wrong later stands in the end frame. A
// body without an end frame was cut by the network.
#ifndef ANNALS_SERVER_REST_VERBS_H_
#define ANNALS_SERVER_REST_VERBS_H_

#include <boost/asio/thread_pool.hpp>

#include "engine/service/guarded_store.h"
#include "server/http/router.h"

namespace annals::rest {

// Adds a route for each verb but Subscribe (server/rest/feed_routes.h), for whom the
// router's admission lets in (server/rest/caller.h). Whatever waits,
// waits on `pool`. Both must outlive the router.
void AddVerbRoutes(const GuardedStore* store, boost::asio::thread_pool* pool, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_VERBS_H_
