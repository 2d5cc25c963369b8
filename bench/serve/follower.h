// Follower: a subscription over gRPC, whoever speaks it.
#ifndef ANNALS_BENCH_SERVE_FOLLOWER_H_
#define ANNALS_BENCH_SERVE_FOLLOWER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals::bench {

// Both are called on one thread, the follower's; `ended` once and last, with what the server said
// of the call, or UNAVAILABLE if it said nothing.
struct Following {
  std::function<void(const v1::SubscribeResponse&)> take;
  std::function<void(const absl::Status&)> ended;
};

// Begins at once, and lives until `ended` was called, which must be awaited before it is
// destroyed.
class Follower {
 public:
  virtual ~Follower() = default;

  // Once. Then it ends soon, CANCELLED unless it has ended already.
  virtual void Cancel() = 0;
};

// A way to follow a server. Destroyed before its followers are, when all have ended.
class Followers {
 public:
  virtual ~Followers() = default;

  virtual std::unique_ptr<Follower> Follow(const v1::SubscribeRequest& request,
                                           Following following) = 0;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_FOLLOWER_H_
