#include "client/server_url.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr char kHttpPort[] = "80";
constexpr char kHttpsPort[] = "443";

absl::Status Refuse(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("the server's URL ", why, "; it is like http://127.0.0.1:7171"));
}

bool IsHostByte(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_'; }
bool IsAddressByte(char c) { return absl::ascii_isxdigit(c) || c == ':' || c == '.'; }
bool IsPathByte(char c) {
  return absl::ascii_isalnum(c) ||
         absl::StrContains("-._~!$&'()*+,;=:@%/", absl::string_view(&c, 1));
}

template <typename Test>
bool Consists(absl::string_view text, Test test) {
  for (const char c : text) {
    if (!test(c)) return false;
  }
  return !text.empty();
}

// "host", "host:port", "[address]" or "[address]:port".
absl::Status ParseAuthority(absl::string_view authority, ServerUrl* url) {
  absl::string_view port;
  bool has_port = false;
  if (absl::ConsumePrefix(&authority, "[")) {
    const size_t end = authority.find(']');
    if (end == absl::string_view::npos) return Refuse("has a [ without its ]");
    port = authority.substr(end + 1);
    authority = authority.substr(0, end);
    if (!Consists(authority, IsAddressByte)) return Refuse("has no address between [ and ]");
    has_port = absl::ConsumePrefix(&port, ":");
    if (!has_port && !port.empty()) return Refuse("has something other than a port after its ]");
  } else {
    const size_t colon = authority.find(':');
    has_port = colon != absl::string_view::npos;
    if (has_port) port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
    if (!Consists(authority, IsHostByte)) return Refuse("has no host, or one that can't be");
  }
  url->host = std::string(authority);
  if (!has_port) {
    url->port = url->is_tls ? kHttpsPort : kHttpPort;
    return absl::OkStatus();
  }
  uint32_t number = 0;
  if (!Consists(port, absl::ascii_isdigit) || !absl::SimpleAtoi(port, &number) || number == 0 ||
      number > UINT16_MAX) {
    return Refuse("has a port that isn't 1 to 65535");
  }
  url->port = absl::StrCat(number);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServerUrl> ServerUrl::Parse(absl::string_view text) {
  ServerUrl url;
  const size_t scheme_end = text.find("://");
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, scheme_end));
  if (scheme_end == absl::string_view::npos || (scheme != "http" && scheme != "https")) {
    return Refuse("begins with neither http:// nor https://");
  }
  url.is_tls = scheme == "https";
  text.remove_prefix(scheme_end + 3);
  if (text.find_first_of("?#") != absl::string_view::npos) {
    return Refuse("has a query or a fragment, which a token doesn't belong in either");
  }
  const size_t authority_end = text.find('/');
  const absl::string_view authority = text.substr(0, authority_end);
  // Not shown: it may be a secret.
  if (absl::StrContains(authority, "@")) {
    return Refuse(
        "has a user or a password, which would be shown wherever it is; a token is given by "
        "--token-file or ANNALS_TOKEN");
  }
  ANNALS_RETURN_IF_ERROR(ParseAuthority(authority, &url));
  if (authority_end == absl::string_view::npos) return url;
  absl::string_view path = text.substr(authority_end);
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  if (!path.empty() && !Consists(path, IsPathByte)) return Refuse("has a path that can't be");
  url.path = std::string(path);
  return url;
}

std::string ServerUrl::Authority() const {
  const bool is_address = absl::StrContains(host, ":");
  const std::string name = is_address ? absl::StrCat("[", host, "]") : host;
  return port == (is_tls ? kHttpsPort : kHttpPort) ? name : absl::StrCat(name, ":", port);
}

std::string ServerUrl::ToString() const {
  return absl::StrCat(is_tls ? "https://" : "http://", Authority(), path);
}

}  // namespace annals
