#include "server/http/tls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

absl::Status FromError(error_code error, absl::string_view what, absl::string_view path) {
  if (!error) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " ", path, ": ", error.message()));
}

absl::Status LoadClientCa(const std::string& path, ssl::context* context) {
  if (path.empty()) return absl::OkStatus();
  error_code error;
  context->load_verify_file(path, error);
  ANNALS_RETURN_IF_ERROR(FromError(error, "client CA", path));
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error);
  return FromError(error, "client CA", path);
}

// Those of HTTP/1.1 alone; a client that offers something else as well gets this.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kHttp[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp, sizeof kHttp - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ssl::context>> MakeTlsContext(const TlsOptions& options) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION,
                       error);
  context->use_certificate_chain_file(options.certificate_path, error);
  ANNALS_RETURN_IF_ERROR(FromError(error, "certificate", options.certificate_path));
  context->use_private_key_file(options.key_path, ssl::context::pem, error);
  ANNALS_RETURN_IF_ERROR(FromError(error, "key", options.key_path));
  ANNALS_RETURN_IF_ERROR(LoadClientCa(options.client_ca_path, context.get()));
  SSL_CTX_set_alpn_select_cb(context->native_handle(), ChooseProtocol, nullptr);
  // A session would be resumed without its client certificate being looked at again.
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
  // 10,000 idle connections shouldn't keep their record buffers.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace annals::http
