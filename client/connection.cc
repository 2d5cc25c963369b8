#include "client/connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kReadBytes = size_t{64} << 10;
constexpr int kKeepAliveIdleSeconds = 30;
constexpr int kKeepAliveIntervalSeconds = 10;
constexpr int kKeepAliveProbes = 3;

void WatchFor(int socket) {
  const auto set = [socket](int level, int option, int value) {
    // Without it a silent death is noticed later, no more.
    (void)::setsockopt(socket, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string HeadOf(const Connection::Options& options, absl::string_view path, size_t body_bytes) {
  std::string head =
      absl::StrCat("POST ", options.url.path, path, " HTTP/1.1\r\nHost: ", options.url.Authority(),
                   "\r\nUser-Agent: annals\r\nAccept: application/protobuf\r\n"
                   "Content-Type: application/protobuf\r\nContent-Length: ",
                   body_bytes, "\r\n");
  if (!options.token.empty()) {
    absl::StrAppend(&head, "Authorization: Bearer ", options.token, "\r\n");
  }
  absl::StrAppend(&head, "\r\n");
  return head;
}

// The waiting and the parsing, whatever the bytes go through.
template <typename Stream>
class StreamConnection : public Connection {
 public:
  template <typename... Arguments>
  explicit StreamConnection(const Options& options, Arguments&&... arguments)
      : options_(options), stream_(io_, std::forward<Arguments>(arguments)...) {}

  absl::Status Connect() {
    error_code error;
    tcp::resolver resolver(io_);
    const auto endpoints = resolver.resolve(options_.url.host, options_.url.port, error);
    if (error) return Unreachable(error.message());
    error = Run(options_.connect_timeout, [&](auto done) {
      asio::async_connect(
          socket(), endpoints,
          [done](error_code outcome, const tcp::endpoint&) mutable { done(outcome); });
    });
    if (error) return Unreachable(error.message());
    WatchFor(socket().native_handle());
    return absl::OkStatus();
  }

  absl::StatusOr<AnswerHead> Post(absl::string_view path, absl::string_view body,
                                  std::chrono::milliseconds silence) override {
    parser_.emplace();
    parser_->body_limit(boost::none);
    parser_->eager(true);
    answered_ = false;
    const std::string head = HeadOf(options_, path, body.size());
    ANNALS_RETURN_IF_ERROR(Write({head, body}, silence));
    while (!parser_->is_header_done()) ANNALS_RETURN_IF_ERROR(Fill(silence));
    const http::response<http::string_body>& answer = parser_->get();
    const absl::string_view type(answer[http::field::content_type].data(),
                                 answer[http::field::content_type].size());
    return AnswerHead{.status = static_cast<int>(answer.result_int()),
                      .content_type = absl::AsciiStrToLower(
                          absl::StripAsciiWhitespace(type.substr(0, type.find(';'))))};
  }

  absl::StatusOr<std::string> ReadBody(std::chrono::milliseconds silence) override {
    std::string& body = parser_->get().body();
    while (body.empty() && !parser_->is_done()) ANNALS_RETURN_IF_ERROR(Fill(silence));
    return std::exchange(body, std::string());
  }

  bool answered() const override { return answered_; }

  bool IsIdle() override {
    if (cancelled_ || broken_) return false;
    if (!parser_.has_value()) return true;
    if (!parser_->is_done() || !parser_->keep_alive() || !buffer_.empty()) return false;
    // Readable means its end, or something that nobody has asked for.
    char byte;
    const ssize_t read = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return read < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  void Cancel() override {
    cancelled_ = true;
    asio::post(io_, [this] { Close(); });
  }

 protected:
  virtual tcp::socket& socket() = 0;
  Stream& stream() { return stream_; }
  const Options& options() const { return options_; }

  absl::Status Unreachable(absl::string_view why) const {
    return absl::UnavailableError(absl::StrCat("there is no connection to the server at ",
                                               options_.url.ToString(), ": ", why,
                                               "; is `annals serve` running there?"));
  }

  // Starts an operation, and waits until it is done.
  template <typename Start>
  error_code Run(std::chrono::milliseconds timeout, Start start) {
    std::optional<error_code> outcome;
    start([&outcome](error_code error) { outcome = error; });
    io_.restart();
    if (timeout == kForever) {
      io_.run();
    } else {
      io_.run_for(timeout);
    }
    if (outcome.has_value()) return *outcome;
    Close();
    io_.restart();
    io_.run();
    return asio::error::timed_out;
  }

 private:
  void Close() {
    error_code ignored;
    socket().close(ignored);
  }

  absl::Status Lost(error_code error) {
    broken_ = true;
    if (cancelled_) return absl::CancelledError("the question was called off");
    const bool timed_out = error == asio::error::timed_out;
    return absl::UnavailableError(
        absl::StrCat("the server at ", options_.url.ToString(),
                     timed_out ? " has been silent for too long"
                               : absl::StrCat(" broke off the connection (", error.message(), ")"),
                     "; try again"));
  }

  absl::Status Write(std::initializer_list<absl::string_view> parts,
                     std::chrono::milliseconds silence) {
    std::vector<asio::const_buffer> buffers;
    for (const absl::string_view part : parts) buffers.emplace_back(part.data(), part.size());
    const error_code error = Run(silence, [&](auto done) {
      asio::async_write(stream_, buffers,
                        [done](error_code outcome, size_t) mutable { done(outcome); });
    });
    return error || cancelled_ ? Lost(error) : absl::OkStatus();
  }

  // Reads what has come, and parses it.
  absl::Status Fill(std::chrono::milliseconds silence) {
    const size_t unread = buffer_.size();
    buffer_.resize(unread + kReadBytes);
    size_t bytes = 0;
    error_code error = Run(silence, [&](auto done) {
      stream_.async_read_some(asio::buffer(buffer_.data() + unread, kReadBytes),
                              [done, &bytes](error_code outcome, size_t read) mutable {
                                bytes = read;
                                done(outcome);
                              });
    });
    buffer_.resize(unread + bytes);
    answered_ = answered_ || bytes > 0;
    if (cancelled_) return Lost(error);
    if (error == asio::error::eof && parser_->is_header_done() && parser_->need_eof()) {
      parser_->put_eof(error);
    }
    if (error) return Lost(error);
    return Parse();
  }

  absl::Status Parse() {
    size_t parsed = 0;
    while (parsed < buffer_.size() && !parser_->is_done()) {
      error_code error;
      parsed += parser_->put(asio::buffer(buffer_.data() + parsed, buffer_.size() - parsed), error);
      if (error == http::error::need_more) break;
      if (error) {
        broken_ = true;
        return absl::UnavailableError(absl::StrCat("what answers at ", options_.url.ToString(),
                                                   " doesn't speak HTTP/1.1 (", error.message(),
                                                   "); is that an Annals server?"));
      }
    }
    buffer_.erase(0, parsed);
    return absl::OkStatus();
  }

  const Options options_;
  asio::io_context io_;
  Stream stream_;
  std::string buffer_;  // Read, and not parsed yet.
  std::optional<http::response_parser<http::string_body>> parser_;
  bool answered_ = false;
  bool broken_ = false;
  std::atomic<bool> cancelled_ = false;
};

class PlainConnection final : public StreamConnection<tcp::socket> {
 public:
  using StreamConnection::StreamConnection;

 private:
  tcp::socket& socket() override { return stream(); }
};

absl::StatusOr<std::unique_ptr<ssl::context>> MakeContext(const std::string& ca_path) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  error_code error;
  context->set_options(
      ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  if (ca_path.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_path, error);
  }
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("the CA file \"", ca_path, "\" can't be used: ", error.message()));
  }
  return context;
}

// A base, so that the stream, which refers to it, goes first.
struct OwnedContext {
  std::unique_ptr<ssl::context> context;
};

class TlsConnection final : private OwnedContext,
                            public StreamConnection<ssl::stream<tcp::socket>> {
 public:
  TlsConnection(const Options& options, std::unique_ptr<ssl::context> context)
      : OwnedContext{std::move(context)}, StreamConnection(options, *OwnedContext::context) {}

  absl::Status Handshake() {
    const std::string& host = options().url.host;
    error_code error;
    stream().set_verify_mode(ssl::verify_peer, error);
    stream().set_verify_callback(ssl::host_name_verification(host), error);
    asio::ip::make_address(host, error);
    // Only names are announced (RFC 6066).
    if (error) SSL_set_tlsext_host_name(stream().native_handle(), host.c_str());
    error = Run(options().connect_timeout, [&](auto done) {
      stream().async_handshake(ssl::stream_base::client,
                               [done](error_code outcome) mutable { done(outcome); });
    });
    if (!error) return absl::OkStatus();
    return Unreachable(
        absl::StrCat(error.message(),
                     ", so it isn't known to be that server (--ca-file says who vouches for it)"));
  }

 private:
  tcp::socket& socket() override { return stream().next_layer(); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Options& options) {
  for (const char c : options.token) {
    if (!absl::ascii_isgraph(c)) {
      return absl::InvalidArgumentError(
          "the token holds something other than letters, digits and signs");
    }
  }
  if (!options.url.is_tls) {
    auto plain = std::make_unique<PlainConnection>(options);
    ANNALS_RETURN_IF_ERROR(plain->Connect());
    return std::unique_ptr<Connection>(std::move(plain));
  }
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<ssl::context> context, MakeContext(options.ca_path));
  auto tls = std::make_unique<TlsConnection>(options, std::move(context));
  ANNALS_RETURN_IF_ERROR(tls->Connect());
  ANNALS_RETURN_IF_ERROR(tls->Handshake());
  return std::unique_ptr<Connection>(std::move(tls));
}

}  // namespace annals
