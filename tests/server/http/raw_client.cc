#include "tests/server/http/raw_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace annals::http {
namespace {

bool Ready(int socket, short events) {
  constexpr int kPatienceMs = 10'000;
  pollfd wanted = {.fd = socket, .events = events, .revents = 0};
  return ::poll(&wanted, 1, kPatienceMs) == 1;
}

}  // namespace

RawClient::RawClient(uint16_t port, int receive_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_bytes > 0) {
    (void)::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

RawClient::~RawClient() { ::close(socket_); }

bool RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (!Ready(socket_, POLLOUT)) return false;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

void RawClient::FinishSending() { ::shutdown(socket_, SHUT_WR); }

void RawClient::Reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  (void)::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

bool RawClient::Fill() {
  if (!Ready(socket_, POLLIN)) return false;
  char bytes[16 << 10];
  const ssize_t received = ::recv(socket_, bytes, sizeof bytes, 0);
  if (received <= 0) return false;
  buffer_.append(bytes, received);
  return true;
}

std::string RawClient::TakeUntil(absl::string_view mark) {
  size_t at = buffer_.find(mark.data(), 0, mark.size());
  while (at == buffer_.npos) {
    const size_t searched = buffer_.size() < mark.size() ? 0 : buffer_.size() - mark.size();
    if (!Fill()) return std::exchange(buffer_, "");
    at = buffer_.find(mark.data(), searched, mark.size());
  }
  std::string taken = buffer_.substr(0, at + mark.size());
  buffer_.erase(0, taken.size());
  return taken;
}

std::string RawClient::ReadUntil(absl::string_view mark) { return TakeUntil(mark); }

bool RawClient::TakeExactly(size_t bytes, std::string* into) {
  while (buffer_.size() < bytes) {
    if (!Fill()) return false;
  }
  into->append(buffer_, 0, bytes);
  buffer_.erase(0, bytes);
  return true;
}

bool RawClient::TakeChunks(std::string* into) {
  while (true) {
    const std::string head = TakeUntil("\r\n");
    uint64_t size = 0;
    if (!absl::SimpleHexAtoi(absl::StripAsciiWhitespace(head), &size)) return false;
    std::string end;
    if (!TakeExactly(size, into) || !TakeExactly(2, &end) || end != "\r\n") return false;
    if (size == 0) return true;
  }
}

RawResponse RawClient::Read(To to) {
  RawResponse response;
  const std::vector<std::string> lines = absl::StrSplit(TakeUntil("\r\n\r\n"), "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  if (first.size() < 2 || !absl::SimpleAtoi(first[1], &response.status)) return response;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    if (field.first.empty()) continue;
    response.headers[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  uint64_t length = 0;
  if (to == To::kHead || response.status == 204 || response.status == 304 ||
      response.status < 200) {
    response.whole = true;
  } else if (response.headers["transfer-encoding"] == "chunked") {
    response.whole = TakeChunks(&response.body);
  } else if (absl::SimpleAtoi(response.headers["content-length"], &length)) {
    response.whole = TakeExactly(length, &response.body);
  }
  return response;
}

bool RawClient::HasSomething() {
  pollfd wanted = {.fd = socket_, .events = POLLIN, .revents = 0};
  return !buffer_.empty() || ::poll(&wanted, 1, 0) == 1;
}

bool RawClient::IsClosed() {
  if (!buffer_.empty() || !Ready(socket_, POLLIN)) return false;
  char byte = 0;
  return ::recv(socket_, &byte, 1, 0) <= 0;
}

}  // namespace annals::http
