#include "server/http/parse_request.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "server/http/problem.h"
#include "server/http/request_head.h"

namespace annals::http {
namespace {

namespace beast = boost::beast;

absl::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// What Beast finds, put into a Request.
class RequestParser::Grammar final : public beast::http::basic_parser<true> {
 public:
  explicit Grammar(const Limits& limits) {
    eager(true);
    body_limit(limits.body_bytes);
    // ReadHead has the say; this one includes trailers.
    header_limit(static_cast<uint32_t>(2 * limits.head_bytes));
  }

  // What is known before Beast has its turn.
  void Begin(RequestHead head) {
    request.is_http_1_1 = head.is_http_1_1;
    request.headers = std::move(head.headers);
  }

  // The rest, once it had.
  absl::Status CheckTarget() {
    absl::StatusOr<Target> target = ParseTarget(request.target);
    if (!target.ok()) return WithHttpStatus(target.status(), 400);
    if (request.target == "*" && request.method != Method::kOptions) {
      return WithHttpStatus(absl::InvalidArgumentError("the target * is for OPTIONS alone"), 400);
    }
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    if (!target->authority.empty()) request.headers.Set("Host", target->authority);
    request.keep_alive = keep_alive();
    return absl::OkStatus();
  }

  Request request;

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int,
                       beast::error_code& error) override {
    const std::optional<Method> known = ParseMethod(View(method));
    if (!known.has_value()) error = beast::http::error::bad_method;
    request.method = known.value_or(Method::kGet);
    request.target = std::string(View(target));
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  // ReadHead has them already; trailers could contradict what is decided by now.
  void on_field_impl(beast::http::field, beast::string_view, beast::string_view,
                     beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>& length, beast::error_code&) override {
    // Not all at once for whoever only announces much.
    constexpr uint64_t kReserved = 64 << 10;
    request.body.reserve(std::min(length.value_or(0), kReserved));
  }
  size_t on_body_impl(beast::string_view body, beast::error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(uint64_t, beast::string_view, beast::error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, beast::string_view body, beast::error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(beast::error_code&) override {}
};

RequestParser::RequestParser(const Limits& limits)
    : limits_(limits), grammar_(std::make_unique<Grammar>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

bool RequestParser::done() const { return grammar_->is_done(); }
bool RequestParser::has_head() const { return grammar_->is_header_done(); }

bool RequestParser::expects_continue() const {
  const std::optional<absl::string_view> expectation = grammar_->request.headers.Find("Expect");
  return has_head() && !done() && expectation.has_value();
}

Request RequestParser::Take() { return std::move(grammar_->request); }

absl::StatusOr<size_t> RequestParser::Feed(absl::string_view bytes) {
  if (has_head()) return FeedBody(bytes);
  // An empty line before a request is to be ignored, by RFC 9112; one.
  if (!begun_ && absl::StartsWith(bytes, "\r\n")) {
    begun_ = true;
    searched_ = 0;
    ANNALS_ASSIGN_OR_RETURN(const size_t used, FeedHead(bytes.substr(2)));
    return used + 2;
  }
  begun_ = begun_ || bytes.size() > 1;
  return FeedHead(bytes);
}

absl::StatusOr<size_t> RequestParser::FeedHead(absl::string_view bytes) {
  constexpr absl::string_view kEnd = "\r\n\r\n";
  const size_t from = searched_ < kEnd.size() ? 0 : searched_ - kEnd.size();
  const size_t end = bytes.find(kEnd, from);
  const size_t head_bytes = end == bytes.npos ? bytes.size() : end + kEnd.size();
  if (head_bytes > limits_.head_bytes) {
    return WithHttpStatus(absl::InvalidArgumentError(absl::StrCat("the head is longer than ",
                                                                  limits_.head_bytes, " bytes")),
                          431);
  }
  if (end == bytes.npos) {
    // Such as a TLS handshake: no line end will come.
    if (bytes.size() > 1 && !IsFieldName(bytes.substr(0, 1))) {
      return WithHttpStatus(absl::InvalidArgumentError("this doesn't begin as HTTP does"), 400);
    }
    searched_ = bytes.size();
    return 0;
  }
  ANNALS_ASSIGN_OR_RETURN(RequestHead head, ReadHead(bytes.substr(0, head_bytes), limits_));
  ANNALS_RETURN_IF_ERROR(CheckFraming(head, limits_));
  grammar_->Begin(std::move(head));
  boost::system::error_code error;
  const size_t used = grammar_->put(boost::asio::buffer(bytes.data(), head_bytes), error);
  if (error && error != beast::http::error::need_more) {
    return WithHttpStatus(
        absl::InvalidArgumentError(absl::StrCat("the head is malformed: ", error.message())), 400);
  }
  if (used != head_bytes || !has_head()) {
    return WithHttpStatus(absl::InvalidArgumentError("the head is malformed"), 400);
  }
  ANNALS_RETURN_IF_ERROR(grammar_->CheckTarget());
  if (done() || bytes.size() == head_bytes) return head_bytes;
  ANNALS_ASSIGN_OR_RETURN(const size_t body, FeedBody(bytes.substr(head_bytes)));
  return head_bytes + body;
}

absl::StatusOr<size_t> RequestParser::FeedBody(absl::string_view bytes) {
  if (done() || bytes.empty()) return 0;
  boost::system::error_code error;
  const size_t used = grammar_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error == beast::http::error::body_limit) {
    return WithHttpStatus(absl::InvalidArgumentError(absl::StrCat("the body is longer than ",
                                                                  limits_.body_bytes, " bytes")),
                          413);
  }
  if (error && error != beast::http::error::need_more) {
    return WithHttpStatus(
        absl::InvalidArgumentError(absl::StrCat("the body is malformed: ", error.message())), 400);
  }
  // A chunk's head, or trailers, that never end.
  if (used == 0 && bytes.size() > limits_.head_bytes) {
    return WithHttpStatus(absl::InvalidArgumentError("a chunk's head is too long"), 400);
  }
  return used;
}

}  // namespace annals::http
