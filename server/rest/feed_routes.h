// Feeds over HTTP: a timeline's events, or a view's changes, from a position on and
// for as long as the client listens.
//
//   GET /v1/timelines/{timeline}/feed?after=&stream=&type=&asserter=&format=
//   GET /v1/timelines/{timeline}/views/{view}/feed?after=&valid=&known=
//   POST /v1/verbs/Subscribe       annals.v1.SubscribeRequest -> frames of FeedItem
//   POST /v1/verbs/SubscribeView   annals.v1.SubscribeViewRequest -> of ViewFeedItem
//
// GET answers with Server-Sent Events or, if Accept prefers it, NDJSON:
//
//   id: 12                                {"event":{…}}
//   event: event                          {"checkpoint":{"position":1000}}
//   data: {…}                             {"caughtUp":{"position":1234}}
//
//   event: checkpoint, caught-up, change, or at last end, with the reason
//
// `id` is the position to resume after: Last-Event-ID counts before ?after=. stream,
// type and asserter may come several times; a type is a full name or its last part.
// format=cloudevents writes events as CloudEvents 1.0 (server/rest/cloud_event.h).
#ifndef ANNALS_SERVER_REST_FEED_ROUTES_H_
#define ANNALS_SERVER_REST_FEED_ROUTES_H_

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>

#include "engine/base/clock.h"
#include "engine/service/guarded_store.h"
#include "server/http/router.h"

namespace annals::rest {

// All of it must outlive the server.
struct FeedContext {
  const GuardedStore* store;
  boost::asio::thread_pool* pool;
  const Clock* clock;
  std::atomic<int64_t>* readers;  // How many feeds are followed.
};

void AddFeedRoutes(const FeedContext& context, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_FEED_ROUTES_H_
