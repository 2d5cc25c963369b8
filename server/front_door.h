// FrontDoor: which requests over HTTP are let in, and as whom.
//
//   router.SetAdmission([&door](http::Request* request) { return door.Admit(request); });
#ifndef ANNALS_SERVER_FRONT_DOOR_H_
#define ANNALS_SERVER_FRONT_DOOR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/principal.h"
#include "engine/access/token_table.h"
#include "server/http/request.h"

namespace annals {

// A page in a browser on this machine can send requests here. It can't choose their
// Host, which names the site that it came from; so a Host that isn't ours is refused,
// and DNS that says otherwise gains nothing. It can't leave out its Origin from what
// would change anything; so that is refused unless it is ours, or allowed. Thread-safe.
class FrontDoor {
 public:
  struct Options {
    // Whether who shows no token is turned away, instead of being this machine.
    bool requires_token = false;
    // Whether Host has to be localhost, a loopback address or one of `hosts`.
    bool checks_host = true;
    std::vector<std::string> hosts;
    // Whose pages may do what their reader may, as "https://example.org"; "*": all.
    std::vector<std::string> origins;
  };

  // The tokens must outlive it.
  FrontDoor(const TokenTable* tokens, Options options);

  // Sets the request's caller. An error, each with the way out:
  //   421 PERMISSION_DENIED  the Host isn't this server's
  //   403 PERMISSION_DENIED  a page of another site would change something
  //   400 INVALID_ARGUMENT   there is a token in the URL, where logs would keep it; this
  //                          server's own don't
  //   401 UNAUTHENTICATED    the token isn't one of this store, or there has to be one:
  //                          everywhere but at /healthz, /readyz, /openapi.json, and
  //                          for OPTIONS
  absl::Status Admit(http::Request* request) const;

 private:
  absl::Status CheckHost(const http::Request& request) const;
  absl::Status CheckOrigin(const http::Request& request) const;
  absl::StatusOr<PrincipalPtr> Identify(const http::Request& request) const;

  const TokenTable* const tokens_;
  const Options options_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_FRONT_DOOR_H_
