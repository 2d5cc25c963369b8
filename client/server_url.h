// ServerUrl: where a server is.
//
//   ANNALS_ASSIGN_OR_RETURN(const ServerUrl url, ServerUrl::Parse("http://127.0.0.1:7171"));
#ifndef ANNALS_CLIENT_SERVER_URL_H_
#define ANNALS_CLIENT_SERVER_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

// A value type. No part holds anything that could end a line of a request.
struct ServerUrl {
  // http or https, a host, and perhaps a port and a path: that of a proxy before the
  // server. INVALID_ARGUMENT for anything else; a user, a password or a query too, so
  // that no secret gets where URLs are shown and logged.
  static absl::StatusOr<ServerUrl> Parse(absl::string_view text);

  // As a person would write it.
  std::string ToString() const;

  // What a request's Host is.
  std::string Authority() const;

  bool is_tls = false;
  std::string host;  // A name or an address, without brackets.
  std::string port;  // In digits.
  std::string path;  // Empty, or "/…" without a slash at its end.
};

}  // namespace annals

#endif  // ANNALS_CLIENT_SERVER_URL_H_
