#include "server/grpc/call_gate.h"

#include <iterator>

#include "absl/strings/match.h"

namespace annals {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

}  // namespace

absl::StatusOr<PrincipalPtr> CallGate::Identify(const grpc::ServerContextBase& context) const {
  if (!authenticate_) return Principal::OfThisMachine();
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last) {
    if (!requires_token_) return Principal::OfThisMachine();
    return absl::UnauthenticatedError(
        "this server wants a token, as metadata \"authorization: Bearer TOKEN\"");
  }
  const absl::string_view text(first->second.data(), first->second.size());
  if (std::next(first) != last || !absl::StartsWithIgnoreCase(text, kScheme)) {
    return absl::UnauthenticatedError(
        "the metadata \"authorization\" has to be \"Bearer TOKEN\", and there once");
  }
  return authenticate_(text.substr(kScheme.size()));
}

}  // namespace annals
