#include "tests/client/scripted_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals::testing {
namespace {

// How long the request at the beginning of `bytes` is; 0 if it isn't whole yet.
size_t RequestBytes(absl::string_view bytes) {
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == absl::string_view::npos) return 0;
  constexpr absl::string_view kLength = "Content-Length: ";
  const size_t at = bytes.find(kLength);
  size_t body = 0;
  if (at < head_end) {
    const absl::string_view digits = bytes.substr(at + kLength.size());
    EXPECT_TRUE(absl::SimpleAtoi(digits.substr(0, digits.find('\r')), &body));
  }
  const size_t whole = head_end + 4 + body;
  return bytes.size() < whole ? 0 : whole;
}

void SendAll(int socket, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(::listen(listener_, 16), 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Listen(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  std::vector<std::thread> threads;
  {
    MutexLock hold(&mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  MutexLock hold(&mutex_);
  for (const int socket : sockets_) ::close(socket);
}

std::string ScriptedServer::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

int ScriptedServer::connections() const {
  MutexLock hold(&mutex_);
  return static_cast<int>(sockets_.size());
}

void ScriptedServer::Listen() {
  while (true) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    MutexLock hold(&mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { Serve(socket); });
  }
}

void ScriptedServer::Serve(int socket) {
  std::string bytes;
  char piece[4096];
  while (true) {
    const ssize_t read = ::recv(socket, piece, sizeof piece, 0);
    if (read <= 0) return;
    bytes.append(piece, static_cast<size_t>(read));
    while (const size_t whole = RequestBytes(bytes)) {
      Reply reply;
      {
        MutexLock hold(&script_mutex_);
        reply = script_(bytes.substr(0, whole));
      }
      bytes.erase(0, whole);
      SendAll(socket, reply.bytes);
      if (!reply.close) continue;
      ::shutdown(socket, SHUT_RDWR);
      return;
    }
  }
}

std::string WholeResponse(int status, absl::string_view content_type, absl::string_view body) {
  return absl::StrCat("HTTP/1.1 ", status, " Said\r\nContent-Type: ", content_type,
                      "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

std::string ChunkedResponse(absl::string_view body, bool finished) {
  std::string bytes =
      "HTTP/1.1 200 OK\r\nContent-Type: application/protobuf\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += 3) {
    const absl::string_view piece = body.substr(at, 3);
    absl::StrAppend(&bytes, piece.size(), "\r\n", piece, "\r\n");
  }
  if (finished) absl::StrAppend(&bytes, "0\r\n\r\n");
  return bytes;
}

}  // namespace annals::testing
