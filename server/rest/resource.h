// Resources: what people ask for by URL, one function each.
#ifndef ANNALS_SERVER_REST_RESOURCE_H_
#define ANNALS_SERVER_REST_RESOURCE_H_

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/service/guarded_store.h"
#include "engine/service/service.h"
#include "engine/time/home_zone.h"
#include "server/http/router.h"
#include "server/rest/answer.h"
#include "server/rest/answer_cache.h"
#include "server/rest/parameters.h"

namespace annals::rest {

// A request that was found to be well-formed. Lives as long as the call.
struct Inquiry {
  Service& service;
  const http::Request& request;
  Parameters parameters;
  Form form = Form::kJson;

  std::string timeline() const { return std::string(request.Parameter("timeline")); }
  std::string view() const { return std::string(request.Parameter("view")); }
  // The zone in which the timeline's dates are written; NOT_FOUND if there is none.
  absl::StatusOr<HomeZone> Zone() const;
};

using Answering = std::function<absl::StatusOr<Answer>(const Inquiry&)>;

struct Resource {
  http::Method method = http::Method::kGet;
  std::string pattern;
  // What its query may have, beside "format"; once each, or any number of times.
  std::vector<std::string> parameters = {};
  std::vector<std::string> repeated = {};
  bool is_text = false;  // Plain text alone: it has no "format".
  Answering answer;
};

// What resources are answered with, and where. All of it must outlive the router.
struct ResourceContext {
  const GuardedStore* store;
  boost::asio::thread_pool* pool;
  AnswerCache* cache;
};

// Answers that are pinned are kept, and given again without asking, to whoever may read
// the timeline; those that only leave the position open, until something is recorded.
// Those that took a token are for no cache but the caller's own.
void AddResource(Resource resource, const ResourceContext& context, http::Router* router);

// An answer without its body: one that is the same for ever; one of now, which stays
// where `pins` are given instead of what the request has; and either of them, to a
// question of one as-of.
Answer PinnedAnswer(const Inquiry& inquiry);
Answer ChangingAnswer(const Inquiry& inquiry,
                      std::vector<std::pair<std::string, std::string>> pins);
Answer AnswerAsOf(const Inquiry& inquiry, const v1::AsOf& as_of);

// Parameters that every question about one as-of has.
std::vector<std::string> WithCoordinates(std::vector<std::string> others = {});

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_RESOURCE_H_
