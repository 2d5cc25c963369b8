#include "tests/server/http/certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

namespace annals::http {
namespace {

void Check(bool fine) {
  if (!fine) std::abort();
}

void AddExtension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  Check(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Certificate::Certificate(absl::string_view common_name, const Certificate* issuer)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  Check(key_ != nullptr && certificate_ != nullptr);
  X509* const certificate = certificate_.get();
  X509_set_version(certificate, X509_VERSION_3);
  static int serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  constexpr int kHour = 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kHour);
  X509_set_pubkey(certificate, key_.get());
  X509_NAME* const name = X509_get_subject_name(certificate);
  Check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1);
  X509* const by = issuer == nullptr ? certificate : issuer->certificate_.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(by));
  AddExtension(certificate, by, NID_subject_alt_name, "DNS:localhost");
  if (issuer == nullptr) AddExtension(certificate, by, NID_basic_constraints, "critical,CA:TRUE");
  EVP_PKEY* const signer = issuer == nullptr ? key_.get() : issuer->key_.get();
  Check(X509_sign(certificate, signer, EVP_sha256()) > 0);
}

std::string Certificate::WriteCertificate(const std::string& path) const {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Check(file != nullptr && PEM_write_X509(file, certificate_.get()) == 1);
  std::fclose(file);
  return path;
}

std::string Certificate::WriteKey(const std::string& path) const {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Check(file != nullptr &&
        PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(file);
  return path;
}

}  // namespace annals::http
