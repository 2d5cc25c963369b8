// Transport: a connection's bytes, plain or through TLS.
#ifndef ANNALS_SERVER_HTTP_TRANSPORT_H_
#define ANNALS_SERVER_HTTP_TRANSPORT_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/types/span.h"

namespace annals::http {

using Socket = boost::asio::ip::tcp::socket;

// What an operation did: how many bytes, or why not.
struct Transfer {
  boost::system::error_code error;
  size_t bytes = 0;
};

// One reader and one writer at a time. Not thread-safe: for the connection's thread.
class Transport {
 public:
  virtual ~Transport() = default;

  // Before anything else.
  virtual boost::asio::awaitable<boost::system::error_code> Handshake() = 0;
  virtual boost::asio::awaitable<Transfer> Read(boost::asio::mutable_buffer into) = 0;
  // All of it. The bytes must live until then.
  virtual boost::asio::awaitable<Transfer> Write(
      absl::Span<const boost::asio::const_buffer> bytes) = 0;
  // Says that nothing more will be written.
  virtual boost::asio::awaitable<void> FinishWriting() = 0;

  // At most about so many bytes wait in the kernel to be sent.
  void LimitUnsentBytes(size_t bytes);

  virtual bool is_tls() const = 0;
  // The common name of a client certificate that was verified; empty without one.
  virtual std::string PeerCertificateName() = 0;

  virtual Socket& socket() = 0;
};

std::unique_ptr<Transport> PlainTransport(Socket socket);

// `context` must outlive the transport.
std::unique_ptr<Transport> TlsTransport(Socket socket, boost::asio::ssl::context* context);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_TRANSPORT_H_
