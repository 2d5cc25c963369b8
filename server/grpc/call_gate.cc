#include "server/grpc/call_gate.h"

#include <iterator>

#include "absl/strings/match.h"
#include "engine/base/status.h"
#include "server/grpc/grpc_status.h"

namespace annals {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

}  // namespace

absl::StatusOr<PrincipalPtr> CallGate::Identify(const grpc::ServerContextBase& context) const {
  if (!authenticate_) return Principal::OfThisMachine();
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last) {
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

absl::StatusOr<PrincipalPtr> CallGate::Admit(const grpc::ServerContextBase& context, v1::Role role,
                                             absl::string_view timeline) const {
  ANNALS_ASSIGN_OR_RETURN(PrincipalPtr principal, Identify(context));
  ANNALS_RETURN_IF_ERROR(principal->CheckMay(role, timeline));
  return principal;
}

absl::StatusOr<std::unique_ptr<Quotas::Stream>> CallGate::OpenStream(
    const Principal& principal) const {
  if (quotas_ == nullptr) return nullptr;
  Quotas::StreamOrRefusal opened = quotas_->OpenStream(principal);
  if (opened.stream != nullptr) return std::move(opened.stream);
  return WithRetryDelay(opened.refusal.status, opened.refusal.retry_micros);
}

}  // namespace annals
