#include "bench/serve/http2_call.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/http/target.h"

namespace annals::bench {
namespace {

// Of the stream and of the connection.
constexpr int32_t kWindowBytes = 4 << 20;

absl::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// It is only read, as long as the call lives.
nghttp2_nv HeaderOf(absl::string_view name, absl::string_view value) {
  const auto bytes = [](absl::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

// What nghttp2 calls; `self` is the call.
struct Http2Call::Callbacks {
  static Http2Call* Of(void* self) { return static_cast<Http2Call*>(self); }

  static ssize_t ReadRequest(nghttp2_session*, int32_t, uint8_t* buffer, size_t size,
                             uint32_t* flags, nghttp2_data_source*, void* self) {
    Http2Call& call = *Of(self);
    const size_t more = std::min(size, call.request_.size() - call.request_sent_);
    std::memcpy(buffer, call.request_.data() + call.request_sent_, more);
    call.request_sent_ += more;
    if (call.request_sent_ == call.request_.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(more);
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame*, const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t, void* self) {
    Of(self)->Header(Text(name, name_size), Text(value, value_size));
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t, const uint8_t* bytes, size_t size,
                    void* self) {
    const absl::Status status = Of(self)->frames_.Feed(Text(bytes, size), Of(self)->take_);
    if (status.ok()) return 0;
    Of(self)->End(status);
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }

  static int OnClose(nghttp2_session*, int32_t, uint32_t error_code, void* self) {
    Of(self)->Closed(error_code);
    return 0;
  }

  static nghttp2_session* NewSession(Http2Call* call) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &OnClose);
    nghttp2_session* session = nullptr;
    nghttp2_session_client_new(&session, callbacks, call);
    nghttp2_session_callbacks_del(callbacks);
    return session;
  }
};

Http2Call::Http2Call(const std::string& authority, const std::string& path,
                     const std::string& request, Take take)
    : take_(std::move(take)),
      request_(FramedMessage(request)),
      session_(Callbacks::NewSession(this)) {
  const nghttp2_settings_entry window = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes};
  Check(nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, &window, 1));
  Check(nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kWindowBytes));
  const std::vector<nghttp2_nv> headers = {
      HeaderOf(":method", "POST"), HeaderOf(":scheme", "http"),
      HeaderOf(":path", path),     HeaderOf(":authority", authority),
      HeaderOf("te", "trailers"),  HeaderOf("content-type", "application/grpc"),
  };
  nghttp2_data_provider body = {};
  body.read_callback = &Callbacks::ReadRequest;
  Check(nghttp2_submit_request(session_.get(), nullptr, headers.data(), headers.size(), &body,
                               nullptr));
  Answer();
}

std::string Http2Call::TakeOutput() { return std::exchange(output_, std::string()); }

void Http2Call::Receive(absl::string_view bytes) {
  Check(nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()),
                                 bytes.size()));
  Answer();
}

void Http2Call::Answer() {
  const uint8_t* bytes = nullptr;
  ssize_t size = 0;
  while ((size = nghttp2_session_mem_send(session_.get(), &bytes)) > 0) {
    const absl::string_view more = Text(bytes, static_cast<size_t>(size));
    output_.append(more.data(), more.size());
  }
  Check(size);
  // Having told the server what it did wrong.
  if (nghttp2_session_want_read(session_.get()) == 0) {
    End(absl::InternalError("what came is no HTTP/2"));
  }
}

void Http2Call::Header(absl::string_view name, absl::string_view value) {
  std::string* const kept = name == ":status"        ? &http_status_
                            : name == "grpc-status"  ? &grpc_status_
                            : name == "grpc-message" ? &grpc_message_
                                                     : nullptr;
  if (kept != nullptr) kept->assign(value.data(), value.size());
}

void Http2Call::Closed(uint32_t error_code) {
  if (!grpc_status_.empty()) return End(SaidStatus());
  if (error_code != NGHTTP2_NO_ERROR) {
    return End(absl::UnavailableError(
        absl::StrCat("the server reset the stream: ", nghttp2_http2_strerror(error_code))));
  }
  End(absl::InternalError(
      absl::StrCat("the answer has HTTP status \"", http_status_, "\" and none of gRPC's")));
}

absl::Status Http2Call::SaidStatus() const {
  int code = 0;
  if (!absl::SimpleAtoi(grpc_status_, &code) || code < 0 || code > 16) {
    return absl::InternalError(absl::StrCat("\"", grpc_status_, "\" is no status of gRPC's"));
  }
  if (code == 0 && !frames_.is_between_messages()) {
    return absl::InternalError("the stream ends within a message");
  }
  const absl::StatusOr<std::string> message =
      http::PercentDecode(grpc_message_, http::PlusSign::kIsPlus);
  return absl::Status(static_cast<absl::StatusCode>(code), message.value_or(grpc_message_));
}

void Http2Call::End(const absl::Status& status) {
  if (!end_.has_value()) end_ = status;
}

void Http2Call::Check(ssize_t result) {
  if (result >= 0) return;
  End(absl::InternalError(absl::StrCat("HTTP/2: ", nghttp2_strerror(static_cast<int>(result)))));
}

}  // namespace annals::bench
