// MakeTlsContext: certificate, key and what is asked of clients.
#ifndef ANNALS_SERVER_HTTP_TLS_H_
#define ANNALS_SERVER_HTTP_TLS_H_

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace annals::http {

struct TlsOptions {
  // PEM files; the certificate's with its chain.
  std::string certificate_path;
  std::string key_path;
  // If given, clients must show a certificate that one of these vouches for.
  std::string client_ca_path;
};

// TLS 1.2 and 1.3. Returns INVALID_ARGUMENT, naming the file, if one can't be read
// or the key isn't the certificate's.
absl::StatusOr<std::unique_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const TlsOptions& options);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_TLS_H_
