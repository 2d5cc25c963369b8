#include "server/http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/http/problem.h"
#include "server/http/request_id.h"
#include "server/http/response_head.h"

namespace annals::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t kHeadReadBytes = 4 << 10;
constexpr size_t kBodyReadBytes = 64 << 10;
constexpr size_t kWriteBytes = 64 << 10;
// What is read of a refused request before it is given up.
constexpr size_t kLingerBytes = 1 << 20;

asio::const_buffer Buffer(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }

absl::string_view View(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

std::chrono::microseconds Since(Connection::SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Connection::SteadyClock::now() -
                                                               begin);
}

absl::Status Timeout(absl::string_view what) {
  return WithHttpStatus(absl::DeadlineExceededError(absl::StrCat(what, " took too long")), 408);
}

}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, ConnectionSurroundings surroundings)
    : transport_(std::move(transport)),
      surroundings_(std::move(surroundings)),
      limits_(*surroundings_.limits),
      helpers_done_(transport_->socket().get_executor()) {
  helpers_done_.expires_at(SteadyClock::time_point::max());
  error_code error;
  const asio::ip::tcp::endpoint peer = transport_->socket().remote_endpoint(error);
  if (error) return;
  peer_ = absl::StrCat(peer.address().to_string(), ":", peer.port());
  is_loopback_ = peer.address().is_loopback();
}

Awaitable<void> Connection::Run() {
  Arm(limits_.head_timeout);
  const error_code error = co_await transport_->Handshake();
  if (!error) {
    bool more = true;
    while (more) more = co_await OneRequest();
  }
  error_code ignored;
  transport_->socket().close(ignored);
}

Awaitable<void> Connection::RunRefusing() {
  Arm(limits_.head_timeout);
  idle_ = false;
  const error_code error = co_await transport_->Handshake();
  if (!error) {
    Request request;
    const absl::Status refusal = absl::UnavailableError(
        absl::StrCat("there are ", limits_.connections, " connections already"));
    co_await Refuse(&request, refusal);
  }
  error_code ignored;
  transport_->socket().close(ignored);
}

void Connection::Arm(std::chrono::milliseconds timeout) {
  timed_out_ = false;
  deadline_ = SteadyClock::now() + timeout;
}

void Connection::Disarm() { deadline_ = SteadyClock::time_point::max(); }

void Connection::Sweep(SteadyClock::time_point now) {
  // A reader that is cut hasn't been reading: what is on its way isn't worth the
  // patience that a slow one gets.
  if (stream_ != nullptr && !stream_->reason().ok()) {
    deadline_ = std::min(deadline_, now + limits_.linger_timeout);
  }
  if (now < deadline_) return;
  // The deadline stays: where what was waited for has come just now, there is nothing
  // to cancel, and what is waited for next must be cancelled by the next sweep.
  timed_out_ = true;
  error_code ignored;
  transport_->socket().cancel(ignored);
}

void Connection::Drain() {
  draining_ = true;
  if (stream_ != nullptr) stream_->Close(absl::UnavailableError("the server is stopping"));
  error_code ignored;
  if (idle_) transport_->socket().cancel(ignored);
}

void Connection::Abort() {
  aborted_ = true;
  draining_ = true;
  if (stream_ != nullptr) stream_->Abandon(absl::UnavailableError("the server is stopping"));
  error_code ignored;
  transport_->socket().close(ignored);
}

Awaitable<bool> Connection::OneRequest() {
  RequestParser parser(limits_);
  const absl::Status read = co_await ReadRequest(&parser);
  Disarm();
  first_ = false;
  if (absl::IsCancelled(read)) co_return false;
  Request request = parser.Take();
  if (!read.ok()) {
    co_await Refuse(&request, read);
    co_return false;
  }
  const bool more = co_await Answer(&request);
  if (!more && !aborted_) co_await Linger();
  co_return more;
}

Awaitable<absl::Status> Connection::ReadRequest(RequestParser* parser) {
  idle_ = buffer_.size() == 0;
  if (!first_) Arm(idle_ ? limits_.idle_timeout : limits_.head_timeout);
  while (true) {
    if (buffer_.size() > 0) {
      const absl::StatusOr<bool> used = co_await FeedParser(parser);
      if (!used.ok()) co_return used.status();
      if (parser->done()) co_return absl::OkStatus();
      if (*used) continue;
    }
    if (draining_ && idle_) co_return absl::CancelledError("the server is stopping");
    const size_t wanted = parser->has_head() ? kBodyReadBytes : kHeadReadBytes;
    const Transfer read = co_await transport_->Read(buffer_.prepare(wanted));
    if (read.error || timed_out_) co_return WhyReadingEnded(read.error);
    buffer_.commit(read.bytes);
    if (std::exchange(idle_, false) && !first_) Arm(limits_.head_timeout);
  }
}

Awaitable<absl::StatusOr<bool>> Connection::FeedParser(RequestParser* parser) {
  const bool had_head = parser->has_head();
  const absl::StatusOr<size_t> used = parser->Feed(View(buffer_));
  if (!used.ok()) co_return used.status();
  buffer_.consume(*used);
  if (had_head || !parser->has_head() || parser->done()) co_return *used > 0;
  if (parser->expects_continue() && buffer_.size() == 0) {
    const std::array<asio::const_buffer, 1> go_on = {Buffer("HTTP/1.1 100 Continue\r\n\r\n")};
    const absl::Status written = co_await Write(go_on);
    if (!written.ok()) co_return absl::CancelledError("the client has gone");
  }
  Arm(limits_.body_timeout);
  co_return *used > 0;
}

absl::Status Connection::WhyReadingEnded(error_code error) const {
  if (aborted_ || idle_) return absl::CancelledError("the connection is over");
  if (timed_out_) return Timeout("sending the request");
  if (error == asio::error::eof) {
    return WithHttpStatus(absl::InvalidArgumentError("the request ends in its middle"), 400);
  }
  return absl::CancelledError("the client has gone");
}

void Connection::Describe(Request* request) {
  request->id = RequestId(request->headers, surroundings_.random);
  request->peer = peer_;
  request->is_loopback = is_loopback_;
  request->is_tls = transport_->is_tls();
  request->client_certificate_name = transport_->PeerCertificateName();
}

Awaitable<Response> Connection::Handle(Request* request) {
  absl::Status failure;
  try {
    absl::StatusOr<Response> answer = co_await surroundings_.router->Answer(request);
    if (answer.ok()) co_return *std::move(answer);
    failure = answer.status();
  } catch (const std::exception& exception) {
    failure = absl::InternalError(absl::StrCat("the handler threw: ", exception.what()));
  }
  co_return ProblemResponse(failure, request->id);
}

Awaitable<bool> Connection::Answer(Request* request) {
  const SteadyClock::time_point begin = SteadyClock::now();
  Describe(request);
  Response response = co_await Handle(request);
  FinishResponse(*request, *surroundings_.finishing, &response);
  Sending sending;
  sending.exchange.request = request;
  sending.keep_alive = request->keep_alive && !draining_;
  co_await Send(*request, response, &sending);
  sending.exchange.duration = Since(begin);
  Report(sending.exchange);
  if (!sending.exchange.outcome.ok()) sending.keep_alive = false;
  co_return sending.keep_alive && !draining_;
}

Awaitable<void> Connection::Refuse(Request* request, const absl::Status& status) {
  Describe(request);
  Sending sending;
  sending.exchange.request = request;
  sending.keep_alive = false;
  const Response response = ProblemResponse(status, request->id);
  co_await Send(*request, response, &sending);
  Report(sending.exchange);
  if (sending.exchange.outcome.ok()) co_await Linger();
}

Awaitable<void> Connection::Send(const Request& request, const Response& response,
                                 Sending* sending) {
  const bool streams = response.stream != nullptr;
  const bool head_only = request.method == Method::kHead || IsBodiless(response.status);
  sending->exchange.status = response.status;
  sending->exchange.streamed = streams;
  HeadFraming framing;
  framing.date = surroundings_.date->Now();
  framing.request_id = request.id;
  if (streams) {
    // A stream's end may come with the connection's: TLS can't stop watching for
    // the reader without giving up the connection, and HTTP/1.0 has no chunks.
    sending->chunked = request.is_http_1_1;
    framing.chunked = sending->chunked;
    sending->keep_alive = sending->keep_alive && sending->chunked && !request.is_tls;
  } else {
    framing.content_length = response.body_bytes();
  }
  framing.keep_alive = sending->keep_alive;
  const std::string head = FormatHead(response, framing);
  if (streams && !head_only) {
    co_await SendStream(head, *response.stream, sending);
  } else {
    const Bytes none;
    const Bytes& body = head_only ? none : response.body;
    co_await SendBody(head, body, sending);
  }
}

Awaitable<void> Connection::SendBody(const std::string& head, const Bytes& body, Sending* sending) {
  const absl::string_view whole = body == nullptr ? absl::string_view() : absl::string_view(*body);
  absl::string_view first = head;
  size_t sent = 0;
  do {
    const absl::string_view part = whole.substr(sent, kWriteBytes);
    const std::array<asio::const_buffer, 2> pieces = {Buffer(first), Buffer(part)};
    sending->exchange.outcome = co_await Write(pieces);
    first = {};
    sent += part.size();
  } while (sending->exchange.outcome.ok() && sent < whole.size());
  sending->exchange.sent_bytes = sent;
}

Awaitable<absl::Status> Connection::Write(absl::Span<const asio::const_buffer> bytes) {
  Arm(limits_.write_timeout);
  const Transfer written = co_await transport_->Write(bytes);
  Disarm();
  if (!written.error) co_return absl::OkStatus();
  if (timed_out_) co_return absl::DeadlineExceededError("the client read too slowly");
  co_return absl::CancelledError(aborted_ ? "the server is stopping" : "the client has gone");
}

Awaitable<void> Connection::SendStream(const std::string& head, const StreamBody& body,
                                       Sending* sending) {
  const std::array<asio::const_buffer, 1> pieces = {Buffer(head)};
  sending->exchange.outcome = co_await Write(pieces);
  if (!sending->exchange.outcome.ok()) co_return;
  // A thousand streams shouldn't hold on to what their requests needed.
  buffer_.shrink_to_fit();
  transport_->LimitUnsentBytes(limits_.stream_buffer_bytes / 2);

  const asio::any_io_executor executor = transport_->socket().get_executor();
  stream_ = std::make_shared<ByteStream>(executor, limits_.stream_buffer_bytes);
  if (draining_) stream_->Close(absl::UnavailableError("the server is stopping"));
  stream_helpers_ = 2;
  asio::co_spawn(
      executor, body.produce(stream_),
      [self = shared_from_this()](const std::exception_ptr& exception, absl::Status status) {
        if (exception != nullptr) status = absl::InternalError("the stream's producer threw");
        self->stream_->Close(std::move(status));
        --self->stream_helpers_;
        self->helpers_done_.cancel();
      });
  asio::co_spawn(executor, WatchReader(stream_),
                 [self = shared_from_this()](const std::exception_ptr&) {
                   --self->stream_helpers_;
                   self->helpers_done_.cancel();
                 });
  co_await PumpStream(body, sending);

  if (!sending->exchange.outcome.ok()) sending->keep_alive = false;
  error_code ignored;
  transport_->socket().cancel(ignored);
  while (stream_helpers_ > 0) {
    co_await helpers_done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  stream_->Detach();
  stream_ = nullptr;
}

Awaitable<void> Connection::PumpStream(const StreamBody& body, Sending* sending) {
  absl::Status written;
  while (written.ok()) {
    const std::vector<Bytes> chunks = co_await stream_->Take();
    if (chunks.empty()) break;
    written = co_await WriteChunks(chunks, sending);
    stream_->Written();
  }
  absl::Status& outcome = sending->exchange.outcome;
  outcome = stream_->reason();
  if (written.ok() && !outcome.ok() && body.farewell != nullptr && !absl::IsCancelled(outcome)) {
    const std::vector<Bytes> last = {std::make_shared<const std::string>(body.farewell(outcome))};
    written = co_await WriteChunks(last, sending);
  }
  if (written.ok() && sending->chunked && !absl::IsCancelled(outcome)) {
    const std::array<asio::const_buffer, 1> end = {Buffer("0\r\n\r\n")};
    written = co_await Write(end);
  }
  stream_->Abandon(written);
  if (outcome.ok()) outcome = written;
}

Awaitable<absl::Status> Connection::WriteChunks(const std::vector<Bytes>& chunks,
                                                Sending* sending) {
  size_t size = 0;
  for (const Bytes& chunk : chunks) size += chunk->size();
  if (size == 0) co_return absl::OkStatus();
  const std::string begin = sending->chunked ? absl::StrCat(absl::Hex(size), "\r\n") : "";
  std::vector<asio::const_buffer> pieces;
  pieces.reserve(chunks.size() + 2);
  pieces.push_back(Buffer(begin));
  for (const Bytes& chunk : chunks) pieces.push_back(Buffer(*chunk));
  if (sending->chunked) pieces.push_back(Buffer("\r\n"));
  const absl::Status written = co_await Write(pieces);
  if (written.ok()) sending->exchange.sent_bytes += size;
  co_return written;
}

Awaitable<void> Connection::WatchReader(std::shared_ptr<ByteStream> stream) {
  while (!stream->closed() && buffer_.size() < kHeadReadBytes) {
    constexpr size_t kReadBytes = 256;
    const Transfer read = co_await transport_->Read(buffer_.prepare(kReadBytes));
    if (!read.error) {
      buffer_.commit(read.bytes);
      continue;
    }
    if (read.error != asio::error::operation_aborted) {
      stream->Abandon(absl::CancelledError("the client has gone"));
    }
    co_return;
  }
}

Awaitable<void> Connection::Linger() {
  Arm(limits_.linger_timeout);
  co_await transport_->FinishWriting();
  size_t discarded = 0;
  while (!timed_out_ && !aborted_ && discarded < kLingerBytes) {
    buffer_.clear();
    const Transfer read = co_await transport_->Read(buffer_.prepare(kHeadReadBytes));
    if (read.error) break;
    discarded += read.bytes;
  }
  Disarm();
}

void Connection::Report(const Exchange& exchange) const {
  for (ExchangeObserver* observer : surroundings_.observers) observer->OnExchange(exchange);
}

}  // namespace annals::http
