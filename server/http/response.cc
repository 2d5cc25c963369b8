#include "server/http/response.h"

#include <boost/beast/http/status.hpp>

namespace annals::http {

absl::string_view ReasonPhrase(int status) {
  const boost::beast::http::status known = boost::beast::http::int_to_status(status);
  if (known == boost::beast::http::status::unknown) return "";
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

}  // namespace annals::http
