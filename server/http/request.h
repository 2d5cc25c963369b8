// Request: what was asked, as plain values. Made by RequestParser, or by a test.
#ifndef ANNALS_SERVER_HTTP_REQUEST_H_
#define ANNALS_SERVER_HTTP_REQUEST_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/http/headers.h"
#include "server/http/method.h"
#include "server/http/target.h"

namespace annals::http {

struct Request {
  Method method = Method::kGet;
  // As it was sent, query included; for logs and links, not for deciding.
  std::string target = "/";
  std::vector<std::string> path = {""};
  std::vector<QueryParameter> query;
  Headers headers;
  // Whole, and without transfer coding.
  std::string body;
  bool is_http_1_1 = true;
  // False when the client wants no further answer on this connection.
  bool keep_alive = true;

  // What the connection adds.
  // For logs, problem documents and X-Request-Id: 1 to 64 of [A-Za-z0-9._-].
  std::string id;
  // The client's address, "127.0.0.1:4711".
  std::string peer;
  bool is_loopback = false;
  bool is_tls = false;
  // The subject's common name, if the client showed a certificate that the
  // server's client CA vouches for; otherwise empty.
  std::string client_certificate_name;

  // What the router's admission adds, for handlers that know what it is: who asks.
  std::shared_ptr<const void> caller;

  // What the router adds: the pattern that matched, and what its {names} stand for.
  std::string route;
  std::vector<std::pair<std::string, std::string>> parameters;

  // The value of {name} in the route; empty if the route has no such name. Valid
  // as long as the request.
  absl::string_view Parameter(absl::string_view name) const {
    for (const auto& [key, value] : parameters) {
      if (key == name) return value;
    }
    return "";
  }

  // The first query parameter of that name. Valid as long as the request.
  std::optional<absl::string_view> Query(absl::string_view name) const {
    for (const QueryParameter& parameter : query) {
      if (parameter.name == name) return parameter.value;
    }
    return std::nullopt;
  }
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_REQUEST_H_
