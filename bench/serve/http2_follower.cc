#include "bench/serve/http2_follower.h"

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/serve/http2_call.h"
#include "google/protobuf/arena.h"

namespace annals::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kBlockBytes = 16 << 10;

class Http2Follower final : public Follower {
 public:
  Http2Follower(asio::io_context* context, const tcp::endpoint& server,
                const v1::SubscribeRequest& request, Following following)
      : following_(std::move(following)),
        server_(server),
        socket_(*context),
        buffer_(kReadBytes),
        call_("localhost", "/annals.v1.Timelines/Subscribe", request.SerializeAsString(),
              [this](absl::string_view message) { return Take(message); }) {
    asio::co_spawn(*context, Follow(), asio::detached);
  }

  void Cancel() override {
    is_cancelled_ = true;
    boost::system::error_code error;
    socket_.close(error);
  }

 private:
  absl::Status Take(absl::string_view message) {
    // All that a usual response needs is on the stack, where the last one's was.
    std::array<char, kBlockBytes> block;
    google::protobuf::Arena arena(block.data(), block.size());
    auto* const response = google::protobuf::Arena::CreateMessage<v1::SubscribeResponse>(&arena);
    if (!response->ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return absl::InternalError("a message is no annals.v1.SubscribeResponse");
    }
    following_.take(*response);
    return absl::OkStatus();
  }

  asio::awaitable<void> Follow() {
    boost::system::error_code error;
    if (!is_cancelled_) {
      co_await socket_.async_connect(server_, asio::redirect_error(asio::use_awaitable, error));
      if (!error) socket_.set_option(tcp::no_delay(true), error);
    }
    while (!is_cancelled_ && !error && !call_.end().has_value()) {
      const std::string output = call_.TakeOutput();
      if (!output.empty()) {
        // If nobody takes it, there may still be an end to read.
        boost::system::error_code unsent;
        co_await asio::async_write(socket_, asio::buffer(output),
                                   asio::redirect_error(asio::use_awaitable, unsent));
      }
      // As much as there is: one call to the kernel for all that came since the last.
      const size_t read = co_await socket_.async_read_some(
          asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
      call_.Receive({buffer_.data(), read});
    }
    const absl::Status lost =
        is_cancelled_
            ? absl::CancelledError("cancelled here")
            : absl::UnavailableError(absl::StrCat("the connection is lost: ", error.message()));
    following_.ended(call_.end().value_or(lost));
  }

  const Following following_;
  const tcp::endpoint server_;
  tcp::socket socket_;
  std::vector<char> buffer_;
  Http2Call call_;
  bool is_cancelled_ = false;
};

}  // namespace

std::unique_ptr<Follower> Http2Followers::Follow(const v1::SubscribeRequest& request,
                                                 Following following) {
  return std::make_unique<Http2Follower>(context_, server_, request, std::move(following));
}

}  // namespace annals::bench
