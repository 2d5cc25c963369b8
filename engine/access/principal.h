// Principal: whoever asks, and what they may do.
#ifndef ANNALS_ENGINE_ACCESS_PRINCIPAL_H_
#define ANNALS_ENGINE_ACCESS_PRINCIPAL_H_

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "proto/annals/v1/access.pb.h"

namespace annals {

// Stands for every timeline, in a token's list and in what is asked for.
inline constexpr absl::string_view kAllTimelines = "*";

// Immutable, but for being revoked. Thread-safe.
class Principal {
 public:
  explicit Principal(v1::Token token) : token_(std::move(token)) {}

  // Whoever has the machine has the store: the bearer of nothing, on loopback.
  static std::shared_ptr<const Principal> OfThisMachine();

  const v1::Token& token() const { return token_; }

  // What quotas count by: the token's id; empty for this machine's own.
  const std::string& id() const { return token_.id(); }

  // Who hasn't said who they are: may nothing.
  static std::shared_ptr<const Principal> Nobody();

  // Whether quotas are for them. This machine's own have none: whoever has the machine
  // can take all of it anyway.
  bool is_limited() const { return !token_.id().empty(); }

  // Whether a token with that role for that timeline would do; kAllTimelines for
  // what concerns the store as a whole. Otherwise PERMISSION_DENIED, saying what is
  // lacking; UNAUTHENTICATED once the token has been revoked, so that an open stream
  // asks before each thing it sends.
  absl::Status CheckMay(v1::Role role, absl::string_view timeline) const;

  void Revoke() const ABSL_LOCKS_EXCLUDED(mutex_);
  bool is_revoked() const { return revoked_.load(std::memory_order_acquire); }

  // UNAUTHENTICATED once it has been revoked.
  absl::Status CheckStands() const;

 private:
  friend class RevocationWatch;

  const v1::Token token_;
  mutable std::atomic<bool> revoked_ = false;
  mutable Mutex mutex_;
  mutable std::list<std::function<void()>> when_revoked_ ABSL_GUARDED_BY(mutex_);
};

using PrincipalPtr = std::shared_ptr<const Principal>;

// Calls `then` when the principal is revoked, at once if it has been; never after it is
// destroyed. `then` is called on whatever thread, and must neither wait nor touch the
// principal. Costs nothing for a principal that can't be revoked.
class RevocationWatch {
 public:
  RevocationWatch(PrincipalPtr principal, std::function<void()> then);
  ~RevocationWatch();
  RevocationWatch(const RevocationWatch&) = delete;
  RevocationWatch& operator=(const RevocationWatch&) = delete;

 private:
  const PrincipalPtr principal_;
  std::list<std::function<void()>>::iterator place_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_ACCESS_PRINCIPAL_H_
