// CallerOf: who makes a request.
#ifndef ANNALS_SERVER_REST_CALLER_H_
#define ANNALS_SERVER_REST_CALLER_H_

#include <memory>
#include <utility>

#include "engine/access/principal.h"
#include "engine/service/guarded_service.h"
#include "engine/service/guarded_store.h"
#include "server/http/request.h"

namespace annals::rest {

// What the router's admission sets on a request; without one, nobody asks, and nothing
// is answered.
inline void SetCaller(PrincipalPtr principal, http::Request* request) {
  request->caller = std::move(principal);
}

inline PrincipalPtr CallerOf(const http::Request& request) {
  if (request.caller == nullptr) return Principal::Nobody();
  return std::static_pointer_cast<const Principal>(request.caller);
}

// The service as the caller may have it: for one request.
inline GuardedService ServiceFor(const http::Request& request, const GuardedStore* store) {
  return {store, CallerOf(request)};
}

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_CALLER_H_
