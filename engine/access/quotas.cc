#include "engine/access/quotas.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace annals {
namespace {

constexpr double kMicrosPerSecond = 1e6;

// Accounts as good as new go when there are so many.
constexpr size_t kManyAccounts = 10'000;

}  // namespace

Quotas::Account& Quotas::AccountOf(const std::string& principal, Instant now) {
  if (accounts_.size() >= kManyAccounts) Forget(now);
  const auto [found, is_new] =
      accounts_.try_emplace(principal, Account{.units = options_.most_units, .at = now});
  Account& account = found->second;
  // A clock that goes back gives nothing.
  const int64_t micros = std::max<int64_t>(now.micros - account.at.micros, 0);
  const double earned = static_cast<double>(micros) / kMicrosPerSecond * options_.units_per_second;
  account.units = std::min(account.units + earned, options_.most_units);
  account.at = now;
  return account;
}

void Quotas::Forget(Instant now) {
  const double refill_micros = options_.most_units / options_.units_per_second * kMicrosPerSecond;
  absl::erase_if(accounts_, [&](const auto& entry) {
    const Account& account = entry.second;
    return account.streams == 0 && account.units >= 0 &&
           static_cast<double>(now.micros - account.at.micros) >= refill_micros;
  });
}

std::optional<QuotaRefusal> Quotas::Charge(const Principal& principal, double units) {
  const Instant now = clock_->Now();
  MutexLock lock(&mutex_);
  Account& account = AccountOf(principal.id(), now);
  const double needed = std::min(units, options_.most_units);
  if (account.units >= needed) {
    account.units -= units;
    return std::nullopt;
  }
  const double wait = (needed - account.units) / options_.units_per_second;
  return QuotaRefusal{
      absl::ResourceExhaustedError(
          absl::StrCat("this question costs ", std::llround(units), " units, and there are ",
                       std::llround(std::max(account.units, 0.0)), " left; ",
                       std::llround(options_.units_per_second), " come every second. Ask again in ",
                       std::llround(std::ceil(wait)), " s, or for less")),
      static_cast<int64_t>(std::ceil(wait * kMicrosPerSecond))};
}

void Quotas::Debit(const Principal& principal, double units) {
  const Instant now = clock_->Now();
  MutexLock lock(&mutex_);
  AccountOf(principal.id(), now).units -= units;
}

Quotas::StreamOrRefusal Quotas::OpenStream(const Principal& principal) {
  const Instant now = clock_->Now();
  MutexLock lock(&mutex_);
  Account& account = AccountOf(principal.id(), now);
  if (account.streams >= options_.streams) {
    return {nullptr,
            {absl::ResourceExhaustedError(
                 absl::StrCat(account.streams,
                              " streams are open, which is all that one principal may have; "
                              "close one of them")),
             static_cast<int64_t>(kMicrosPerSecond)}};
  }
  ++account.streams;
  return {std::make_unique<Stream>(this, principal.id()), {}};
}

Quotas::Stream::~Stream() {
  MutexLock lock(&quotas_->mutex_);
  --quotas_->accounts_.at(principal_).streams;
}

}  // namespace annals
