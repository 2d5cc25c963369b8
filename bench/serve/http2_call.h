// Http2Call: a gRPC call that is answered with a stream, spoken in HTTP/2 by nghttp2.
//
//   Http2Call call("localhost", "/annals.v1.Timelines/Subscribe", request, take);
//   while (!call.end().has_value()) {
//     Send(call.TakeOutput());
//     call.Receive(ReceivedBytes());
//   }
#ifndef ANNALS_BENCH_SERVE_HTTP2_CALL_H_
#define ANNALS_BENCH_SERVE_HTTP2_CALL_H_

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/serve/message_frames.h"

namespace annals::bench {

// Bytes in, bytes out, on a connection of its own: it knows of no socket. Its windows are wide,
// so that a reader who keeps up sends next to nothing. Not thread-safe.
class Http2Call {
 public:
  // `take` is given each message of the answer, whose bytes are valid during that; its
  // error ends the call.
  using Take = std::function<absl::Status(absl::string_view message)>;

  Http2Call(const std::string& authority, const std::string& path, const std::string& request,
            Take take);
  Http2Call(const Http2Call&) = delete;
  Http2Call& operator=(const Http2Call&) = delete;

  // What is to be sent by now; often nothing.
  std::string TakeOutput();

  void Receive(absl::string_view bytes);

  // How it ended, when it has. As the server says; otherwise UNAVAILABLE if it broke the call
  // off, INTERNAL if what came is no answer to it.
  const std::optional<absl::Status>& end() const { return end_; }

 private:
  struct Callbacks;
  struct Deleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  // Of what came, or of having begun.
  void Answer();
  void Header(absl::string_view name, absl::string_view value);
  void Closed(uint32_t error_code);
  absl::Status SaidStatus() const;
  void End(const absl::Status& status);
  // Of nghttp2: negative if it failed.
  void Check(ssize_t result);

  const Take take_;
  const std::string request_;  // In its frame.
  size_t request_sent_ = 0;
  MessageFrames frames_;
  std::string http_status_;
  std::string grpc_status_;
  std::string grpc_message_;
  std::optional<absl::Status> end_;
  std::string output_;
  std::unique_ptr<nghttp2_session, Deleter> session_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_HTTP2_CALL_H_
