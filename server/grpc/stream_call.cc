#include "server/grpc/stream_call.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "server/grpc/grpc_status.h"

namespace annals {

using Reactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

StreamCall::StreamCall(const CallSurroundings& surroundings, grpc::CallbackServerContext* context,
                       StreamOrder order)
    : surroundings_(surroundings), context_(context), order_(std::move(order)) {}

Reactor* StreamCall::Start(const CallSurroundings& surroundings,
                           grpc::CallbackServerContext* context, StreamOrder order) {
  const std::shared_ptr<StreamCall> call(new StreamCall(surroundings, context, std::move(order)));
  const absl::Status may_begin = surroundings.calls->Begin();
  {
    MutexLock lock(&call->mutex_);
    call->self_ = call;
    if (may_begin.ok()) {
      call->PostPump();
    } else {
      call->EndLocked(may_begin);
    }
  }
  surroundings.calls->Add(call);
  return call.get();
}

Reactor* StreamCall::Refuse(const CallSurroundings& surroundings,
                            grpc::CallbackServerContext* context, std::string verb,
                            const absl::Status& status) {
  StreamOrder order;
  order.verb = std::move(verb);
  const std::shared_ptr<StreamCall> call(new StreamCall(surroundings, context, std::move(order)));
  const absl::Status may_begin = surroundings.calls->Begin();
  MutexLock lock(&call->mutex_);
  call->self_ = call;
  call->EndLocked(may_begin.ok() ? status : may_begin);
  return call.get();
}

void StreamCall::PostPump() {
  boost::asio::thread_pool* const pool =
      takes_long_ ? surroundings_.pool : surroundings_.quick_pool;
  boost::asio::post(*pool, [self = self_] { self->Pump(); });
}

// On a thread of one of the pools.
void StreamCall::Pump() {
  StreamPassPtr pass;
  {
    MutexLock lock(&mutex_);
    if (ended_) return;
    pass = order_.pass;
  }
  absl::StatusOr<StreamPortion> portion = NextPortion(*pass);
  MutexLock lock(&mutex_);
  if (ended_) return;
  if (!portion.ok()) {
    EndLocked(portion.status());
    return;
  }
  portion_ = *std::move(portion);
  position_ = source_->position();
  takes_long_ = source_->takes_long();
  written_ = 0;
  GoOn();
}

absl::StatusOr<StreamPortion> StreamCall::NextPortion(const StreamPass& pass) {
  ANNALS_RETURN_IF_ERROR(pass.CheckStands());
  if (source_ == nullptr) {
    ANNALS_ASSIGN_OR_RETURN(source_, order_.open(pass));
  }
  return source_->Next();
}

void StreamCall::GoOn() {
  if (written_ < portion_.messages.size()) {
    Write();
    return;
  }
  portion_.messages.clear();
  switch (portion_.then) {
    case StreamPortion::Then::kAgain:
      PostPump();
      return;
    case StreamPortion::Then::kWait:
      Wait();
      return;
    case StreamPortion::Then::kEnd:
      EndLocked(absl::OkStatus());
      return;
  }
}

void StreamCall::Write() {
  std::string& message = portion_.messages[written_++];
  grpc::Slice slice(message);
  message = std::string();
  message_ = grpc::ByteBuffer(&slice, 1);
  stuck_since_ = std::chrono::steady_clock::now();
  // With a hint to wait for more, gRPC doesn't say that it took a message until more
  // comes; so there is none.
  StartWrite(&message_);
}

void StreamCall::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  stuck_since_.reset();
  if (ended_) return;
  if (!ok) {
    EndLocked(absl::CancelledError("the caller has gone"));
    return;
  }
  GoOn();
}

void StreamCall::Wait() {
  const uint64_t wait = ++wait_;
  absl::StatusOr<std::optional<HeadWatch::WaitId>> head_wait = surroundings_.heads->WaitBeyond(
      order_.timeline, position_, [self = self_, wait] { self->Woken(wait); });
  if (!head_wait.ok()) {
    EndLocked(head_wait.status());
    return;
  }
  head_wait_ = *head_wait;
  if (!head_wait_.has_value()) {
    PostPump();
    return;
  }
  due_at_ = portion_.again_at;
}

void StreamCall::Woken(uint64_t wait) {
  MutexLock lock(&mutex_);
  if (ended_ || wait != wait_) return;
  StopWaiting();
  PostPump();
}

void StreamCall::StopWaiting() {
  ++wait_;
  if (head_wait_.has_value()) surroundings_.heads->Cancel(*head_wait_);
  head_wait_.reset();
  due_at_ = Instant::End();
}

void StreamCall::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  if (!ended_) EndLocked(status);
}

void StreamCall::EndLocked(const absl::Status& status) {
  ended_ = true;
  StopWaiting();
  Finish(ToGrpcStatus(status));
  surroundings_.calls->Ended(order_.verb, status);
}

void StreamCall::Review(std::chrono::steady_clock::time_point now) {
  MutexLock lock(&mutex_);
  if (gone_) return;
  const bool is_stuck =
      stuck_since_.has_value() && now - *stuck_since_ > surroundings_.slow_reader_patience;
  if (ended_) {
    if (!is_stuck) return;
    stuck_since_.reset();
    context_->TryCancel();
    return;
  }
  const absl::Status standing = order_.pass->CheckStands();
  if (!standing.ok()) {
    EndLocked(standing);
  } else if (is_stuck) {
    stuck_since_ = now;
    EndLocked(absl::ResourceExhaustedError(absl::StrCat(
        "nothing of the stream was taken for ", surroundings_.slow_reader_patience.count(),
        " ms, with more waiting to be; go on after the last item received")));
  } else if (due_at_ != Instant::End() && surroundings_.clock->Now() >= due_at_) {
    StopWaiting();
    PostPump();
  }
}

void StreamCall::OnCancel() {
  End(absl::CancelledError("the caller cancelled it, or its deadline has passed"));
}

void StreamCall::OnDone() {
  std::shared_ptr<StreamCall> self;
  {
    MutexLock lock(&mutex_);
    gone_ = true;
    order_.pass.reset();
    self = std::move(self_);
  }
  surroundings_.calls->Remove(this);
  surroundings_.calls->Gone();
}

}  // namespace annals
