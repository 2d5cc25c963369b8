#include "server/rest/send_feed.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/http/handler.h"
#include "server/rest/alarm.h"

namespace annals::rest {
namespace {

namespace asio = boost::asio;
using http::Awaitable;
using http::ByteStream;

// Counts a stream while it lives.
class Counted {
 public:
  explicit Counted(std::atomic<int64_t>* count) : count_(count) { ++*count_; }
  ~Counted() { --*count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int64_t>* const count_;
};

Awaitable<void> RingWhenClosed(std::shared_ptr<ByteStream> out, std::function<void()> ring) {
  (co_await out->Closed()).IgnoreError();
  ring();
}

// Waits for room, but not for ever.
Awaitable<absl::Status> Push(std::string records, std::shared_ptr<ByteStream> out,
                             std::chrono::milliseconds patience) {
  if (records.empty()) co_return absl::OkStatus();
  if (out->buffered_bytes() == 0) {
    co_return out->Push(std::make_shared<const std::string>(std::move(records)));
  }
  asio::steady_timer deadline(out->executor(), patience);
  deadline.async_wait([out, patience](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    out->Close(absl::ResourceExhaustedError(
        absl::StrCat("the reader is too slow: it left no room for ", patience.count(),
                     " ms; resume after the last record that arrived")));
  });
  const absl::Status room = co_await out->RoomFor(records.size());
  deadline.cancel();
  if (!room.ok()) co_return room;
  co_return out->Push(std::make_shared<const std::string>(std::move(records)));
}

// How long to wait at the head.
std::chrono::microseconds WaitAtHead(Instant again_at, Instant now,
                                     std::chrono::microseconds heartbeat) {
  if (again_at == Instant::End()) return heartbeat;
  const auto due = std::chrono::microseconds(again_at.micros - now.micros);
  return std::clamp(due, std::chrono::microseconds(1000), heartbeat);
}

struct Following {
  std::shared_ptr<FeedCursor> cursor;
  StreamPassPtr pass;
  FeedSurroundings surroundings;
};

// The next piece, on the connection's thread if that is short enough.
Awaitable<absl::StatusOr<FeedCursor::Piece>> NextPiece(const Following& following) {
  FeedCursor* const cursor = following.cursor.get();
  const Instant now = following.surroundings.clock->Now();
  if (!cursor->takes_long()) co_return cursor->Next(now);
  auto work = [cursor, now] { return cursor->Next(now); };
  co_return co_await http::RunBlocking(*following.surroundings.pool, work);
}

// Until there is more, or something is due. True if nothing happened at all.
Awaitable<absl::StatusOr<bool>> AwaitMore(const Following& following, Instant again_at,
                                          Alarm* alarm) {
  const FeedSurroundings& around = following.surroundings;
  const absl::StatusOr<std::optional<HeadWatch::WaitId>> wait = around.heads->WaitBeyond(
      following.cursor->timeline(), following.cursor->position(), alarm->Ringer());
  if (!wait.ok()) co_return wait.status();
  if (!wait->has_value()) co_return false;
  co_await alarm->Wait(WaitAtHead(again_at, around.clock->Now(), around.heartbeat));
  co_return around.heads->Cancel(**wait);
}

Awaitable<absl::Status> Follow(Following following, std::shared_ptr<ByteStream> out) {
  const Counted counted(following.surroundings.readers);
  Alarm alarm(out->executor());
  asio::co_spawn(out->executor(), RingWhenClosed(out, alarm.Ringer()), asio::detached);
  const std::unique_ptr<RevocationWatch> watch =
      following.pass->WhenRevoked([out, &following] { out->Close(following.pass->CheckStands()); });
  const std::chrono::milliseconds patience = following.surroundings.patience;
  while (!out->closed()) {
    absl::StatusOr<FeedCursor::Piece> piece = co_await NextPiece(following);
    if (!piece.ok()) co_return piece.status();
    const absl::Status pushed = co_await Push(std::move(piece->records), out, patience);
    if (!pushed.ok()) co_return pushed;
    if (!piece->at_head) {
      // Others on this thread have their turn.
      co_await asio::post(out->executor(), asio::use_awaitable);
      continue;
    }
    const absl::StatusOr<bool> idle = co_await AwaitMore(following, piece->again_at, &alarm);
    if (!idle.ok()) co_return idle.status();
    const bool is_due = piece->again_at != Instant::End();
    if (!*idle || is_due) continue;
    const absl::Status alive = co_await Push(following.cursor->Heartbeat(), out, patience);
    if (!alive.ok()) co_return alive;
  }
  co_return absl::OkStatus();
}

}  // namespace

http::StreamBody FeedBody(std::unique_ptr<FeedCursor> cursor, FeedForm form, StreamPassPtr pass,
                          const FeedSurroundings& surroundings) {
  http::StreamBody body;
  body.produce = [following = Following{std::move(cursor), std::move(pass), surroundings}](
                     std::shared_ptr<ByteStream> out) { return Follow(following, std::move(out)); };
  body.farewell = [form](const absl::Status& reason) { return FeedFarewell(form, reason); };
  return body;
}

}  // namespace annals::rest
