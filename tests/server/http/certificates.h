// Certificates that are made for one test.
#ifndef ANNALS_TESTS_SERVER_HTTP_CERTIFICATES_H_
#define ANNALS_TESTS_SERVER_HTTP_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::http {

// A key, and a certificate for "localhost" and a given name, valid for an hour; its
// own issuer unless given another. Aborts where OpenSSL fails.
class Certificate {
 public:
  explicit Certificate(absl::string_view common_name, const Certificate* issuer = nullptr);

  // Write PEM; they return the path.
  std::string WriteCertificate(const std::string& path) const;
  std::string WriteKey(const std::string& path) const;

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

}  // namespace annals::http

#endif  // ANNALS_TESTS_SERVER_HTTP_CERTIFICATES_H_
