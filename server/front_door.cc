#include "server/front_door.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "server/http/problem.h"
#include "server/rest/caller.h"

namespace annals {
namespace {

constexpr absl::string_view kScheme = "Bearer ";
constexpr absl::string_view kHowToShow = "show it in the header \"Authorization: Bearer TOKEN\"";

// "localhost" of "LocalHost.:7171", "::1" of "[::1]:7171".
std::string NameOf(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) return std::string(host.substr(0, host.find(']')));
  host = host.substr(0, host.find(':'));
  absl::ConsumeSuffix(&host, ".");
  return absl::AsciiStrToLower(host);
}

bool IsLoopback(const std::string& name) {
  if (name == "localhost" || name == "127.0.0.1") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(name, error);
  return !error && address.is_loopback();
}

bool IsOpenToAll(const http::Request& request) {
  return request.method == http::Method::kOptions || request.route == "/healthz" ||
         request.route == "/readyz" || request.route == "/openapi.json";
}

bool OnlyAsks(http::Method method) {
  return method == http::Method::kGet || method == http::Method::kHead ||
         method == http::Method::kOptions;
}

absl::Status CheckNoTokenInUrl(const http::Request& request) {
  for (const http::QueryParameter& parameter : request.query) {
    if (parameter.name == "token" || parameter.name == "access_token" ||
        LooksLikeToken(parameter.value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a token in a URL is written to logs and histories: revoke it if it is one, "
                       "make another, and ",
                       kHowToShow));
    }
  }
  return absl::OkStatus();
}

}  // namespace

FrontDoor::FrontDoor(const TokenTable* tokens, Options options)
    : tokens_(tokens), options_([&options] {
        for (std::string& host : options.hosts) host = NameOf(host);
        return std::move(options);
      }()) {}

absl::Status FrontDoor::CheckHost(const http::Request& request) const {
  if (!options_.checks_host) return absl::OkStatus();
  const std::optional<absl::string_view> host = request.headers.Find("Host");
  if (!host.has_value() || host->empty()) return absl::OkStatus();  // No browser.
  const std::string name = NameOf(*host);
  if (IsLoopback(name) || std::count(options_.hosts.begin(), options_.hosts.end(), name) > 0) {
    return absl::OkStatus();
  }
  return http::WithHttpStatus(
      absl::PermissionDeniedError(absl::StrCat(
          "the request is for the host ", http::JsonString(*host),
          ", and this server answers for localhost alone; behind a reverse proxy, start it with "
          "`annals serve --host NAME`")),
      421);
}

absl::Status FrontDoor::CheckOrigin(const http::Request& request) const {
  if (OnlyAsks(request.method)) return absl::OkStatus();
  const std::optional<absl::string_view> origin = request.headers.Find("Origin");
  if (!origin.has_value()) return absl::OkStatus();  // No browser.
  for (const std::string& allowed : options_.origins) {
    if (allowed == "*" || allowed == *origin) return absl::OkStatus();
  }
  // A proxy may have taken TLS away, so that the scheme isn't compared.
  const absl::string_view host = request.headers.Find("Host").value_or("");
  const size_t scheme = origin->find("://");
  if (scheme != absl::string_view::npos && !host.empty() && origin->substr(scheme + 3) == host) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(
      absl::StrCat("a page of ", http::JsonString(*origin),
                   " may not do this; if it should, start the server with "
                   "`annals serve --allow-origin ORIGIN`"));
}

absl::StatusOr<PrincipalPtr> FrontDoor::Identify(const http::Request& request) const {
  const size_t shown = request.headers.Count("Authorization");
  if (shown == 0) {
    if (!options_.requires_token) return Principal::OfThisMachine();
    if (IsOpenToAll(request)) return Principal::Nobody();
    return absl::UnauthenticatedError(
        absl::StrCat("this takes a token: make one with `annals token create`, and ", kHowToShow));
  }
  const absl::string_view text = *request.headers.Find("Authorization");
  if (shown > 1 || !absl::StartsWithIgnoreCase(text, kScheme)) {
    return absl::UnauthenticatedError(
        "the header Authorization has to be \"Bearer TOKEN\", and there once");
  }
  return tokens_->Authenticate(absl::StripAsciiWhitespace(text.substr(kScheme.size())));
}

absl::Status FrontDoor::Admit(http::Request* request) const {
  ANNALS_RETURN_IF_ERROR(CheckHost(*request));
  ANNALS_RETURN_IF_ERROR(CheckOrigin(*request));
  const absl::Status url = CheckNoTokenInUrl(*request);
  if (!url.ok()) {
    request->target = absl::StrCat(request->target.substr(0, request->target.find('?')), "?…");
    return url;
  }
  ANNALS_ASSIGN_OR_RETURN(PrincipalPtr caller, Identify(*request));
  rest::SetCaller(std::move(caller), request);
  return absl::OkStatus();
}

}  // namespace annals
