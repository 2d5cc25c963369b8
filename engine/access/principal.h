// Principal: whoever asks, and what they may do.
#ifndef ANNALS_ENGINE_ACCESS_PRINCIPAL_H_
#define ANNALS_ENGINE_ACCESS_PRINCIPAL_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
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

  // Whether a token with that role for that timeline would do; kAllTimelines for
  // what concerns the store as a whole. Otherwise PERMISSION_DENIED, saying what is
  // lacking; UNAUTHENTICATED once the token has been revoked, so that an open stream
  // asks before each thing it sends.
  absl::Status CheckMay(v1::Role role, absl::string_view timeline) const;

  void Revoke() const { revoked_.store(true, std::memory_order_release); }
  bool is_revoked() const { return revoked_.load(std::memory_order_acquire); }

 private:
  const v1::Token token_;
  mutable std::atomic<bool> revoked_ = false;
};

using PrincipalPtr = std::shared_ptr<const Principal>;

}  // namespace annals

#endif  // ANNALS_ENGINE_ACCESS_PRINCIPAL_H_
