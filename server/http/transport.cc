#include "server/http/transport.h"

#include <netinet/tcp.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace annals::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

template <typename Stream>
asio::awaitable<Transfer> ReadFrom(Stream& stream, asio::mutable_buffer into) {
  Transfer transfer;
  transfer.bytes = co_await stream.async_read_some(
      into, asio::redirect_error(asio::use_awaitable, transfer.error));
  co_return transfer;
}

template <typename Stream>
asio::awaitable<Transfer> WriteTo(Stream& stream, absl::Span<const asio::const_buffer> bytes) {
  Transfer transfer;
  transfer.bytes = co_await asio::async_write(
      stream, bytes, asio::redirect_error(asio::use_awaitable, transfer.error));
  co_return transfer;
}

class Plain final : public Transport {
 public:
  explicit Plain(Socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<error_code> Handshake() override { co_return error_code(); }
  asio::awaitable<Transfer> Read(asio::mutable_buffer into) override {
    return ReadFrom(socket_, into);
  }
  asio::awaitable<Transfer> Write(absl::Span<const asio::const_buffer> bytes) override {
    return WriteTo(socket_, bytes);
  }
  asio::awaitable<void> FinishWriting() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }
  bool is_tls() const override { return false; }
  std::string PeerCertificateName() override { return ""; }
  Socket& socket() override { return socket_; }

 private:
  Socket socket_;
};

class Tls final : public Transport {
 public:
  Tls(Socket socket, asio::ssl::context* context) : stream_(std::move(socket), *context) {}

  asio::awaitable<error_code> Handshake() override {
    error_code error;
    co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                     asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }
  asio::awaitable<Transfer> Read(asio::mutable_buffer into) override {
    return ReadFrom(stream_, into);
  }
  asio::awaitable<Transfer> Write(absl::Span<const asio::const_buffer> bytes) override {
    return WriteTo(stream_, bytes);
  }
  asio::awaitable<void> FinishWriting() override {
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }
  bool is_tls() const override { return true; }
  std::string PeerCertificateName() override {
    X509* certificate = SSL_get0_peer_certificate(stream_.native_handle());
    if (certificate == nullptr || SSL_get_verify_result(stream_.native_handle()) != X509_V_OK) {
      return "";
    }
    char name[256];
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                                 name, sizeof name);
    return length < 0 ? "" : std::string(name, length);
  }
  Socket& socket() override { return stream_.next_layer(); }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace

void Transport::LimitUnsentBytes(size_t bytes) {
  const int limit = static_cast<int>(bytes);
  // Without it more memory is used, no more.
  (void)::setsockopt(socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit,
                     sizeof limit);
}

std::unique_ptr<Transport> PlainTransport(Socket socket) {
  return std::make_unique<Plain>(std::move(socket));
}

std::unique_ptr<Transport> TlsTransport(Socket socket, asio::ssl::context* context) {
  return std::make_unique<Tls>(std::move(socket), context);
}

}  // namespace annals::http
