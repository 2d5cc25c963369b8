#include "engine/access/principal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace annals {
namespace {

// "a reader's".
std::string Of(v1::Role role) {
  return absl::StrCat(role == v1::ADMIN ? "an " : "a ", absl::AsciiStrToLower(v1::Role_Name(role)),
                      "'s");
}

}  // namespace

PrincipalPtr Principal::OfThisMachine() {
  static const auto* const principal = [] {
    v1::Token token;
    token.set_name("this machine");
    token.set_role(v1::ADMIN);
    token.add_timelines(std::string(kAllTimelines));
    return new PrincipalPtr(std::make_shared<const Principal>(std::move(token)));
  }();
  return *principal;
}

PrincipalPtr Principal::Nobody() {
  static const auto* const principal =
      new PrincipalPtr(std::make_shared<const Principal>(v1::Token()));
  return *principal;
}

absl::Status Principal::CheckStands() const {
  if (!is_revoked()) return absl::OkStatus();
  return absl::UnauthenticatedError(
      absl::StrCat("the token ", id(), " has been revoked; ask for another one"));
}

absl::Status Principal::CheckMay(v1::Role role, absl::string_view timeline) const {
  if (is_revoked()) return CheckStands();
  if (token_.role() == v1::ROLE_UNSPECIFIED) {
    return absl::UnauthenticatedError("this takes a token");
  }
  if (token_.role() < role) {
    return absl::PermissionDeniedError(
        absl::StrCat("the token ", id(), " is ", Of(token_.role()), "; this takes ", Of(role)));
  }
  const auto& timelines = token_.timelines();
  const bool covers = std::any_of(timelines.begin(), timelines.end(), [&](const std::string& one) {
    return one == kAllTimelines || one == timeline;
  });
  if (covers) return absl::OkStatus();
  return absl::PermissionDeniedError(
      timeline == kAllTimelines
          ? absl::StrCat("the token ", id(), " is for some timelines only; this takes one for \"",
                         kAllTimelines, "\"")
          : absl::StrCat("the token ", id(), " is not for the timeline \"", timeline, "\""));
}

void Principal::Revoke() const {
  MutexLock lock(&mutex_);
  revoked_.store(true, std::memory_order_release);
  for (std::function<void()>& then : when_revoked_)
    if (then != nullptr) std::exchange(then, nullptr)();
}

RevocationWatch::RevocationWatch(PrincipalPtr principal, std::function<void()> then)
    : principal_(std::move(principal)) {
  if (!principal_->is_limited()) return;
  MutexLock lock(&principal_->mutex_);
  if (principal_->is_revoked()) std::exchange(then, nullptr)();
  place_ = principal_->when_revoked_.insert(principal_->when_revoked_.end(), std::move(then));
}

RevocationWatch::~RevocationWatch() {
  if (!principal_->is_limited()) return;
  MutexLock lock(&principal_->mutex_);
  principal_->when_revoked_.erase(place_);
}

}  // namespace annals
