#include "server/grpc/stream_call.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "server/grpc/grpc_status.h"

namespace annals {

namespace {

constexpr absl::string_view kPath = "/annals.v1.Timelines/";

// The bytes themselves, not a copy.
grpc::Slice SliceOf(std::string bytes) {
  auto* const owned = new std::string(std::move(bytes));
  return {owned->data(), owned->size(),
          [](void* string) { delete static_cast<std::string*>(string); }, owned};
}

}  // namespace

void StreamCall::Await(const StreamEntrance* entrance) {
  const std::shared_ptr<StreamCall> call(new StreamCall(entrance));
  MutexLock lock(&call->mutex_);
  call->self_ = call;
  call->operations_ = 1;
  call->context_.AsyncNotifyWhenDone(&call->done_);
  entrance->service->RequestCall(&call->context_, &call->stream_, entrance->loop->queue(),
                                 entrance->loop->queue(), &call->arrived_);
}

void StreamCall::Arrived(bool ok) {
  std::shared_ptr<StreamCall> self;
  {
    MutexLock lock(&mutex_);
    self = self_;
    // The server is shut down; nothing else is heard of this call.
    if (!ok) return self_.reset();
    Await(entrance_);
    verb_ = context_.method();
    verb_ = absl::StartsWith(verb_, kPath) ? verb_.substr(kPath.size()) : std::string();
    ++operations_;  // done_
    const absl::Status may_begin = surroundings().calls->Begin();
    if (may_begin.ok()) {
      ++operations_;
      stream_.Read(&request_, &request_read_);
    } else {
      EndLocked(may_begin);
    }
  }
  surroundings().calls->Add(self);
  OperationOver();
}

void StreamCall::RequestRead(bool ok) {
  {
    MutexLock lock(&mutex_);
    absl::StatusOr<StreamOrder> order = absl::InvalidArgumentError("the call has no request");
    if (ok && !ended_) order = entrance_->order(verb_, context_, request_);
    request_.Clear();
    if (ended_) {
      // Nothing more to do.
    } else if (order.ok()) {
      order_ = *std::move(order);
      PostPump();
    } else {
      EndLocked(order.status());
    }
  }
  OperationOver();
}

void StreamCall::OperationOver() {
  std::shared_ptr<StreamCall> self;
  {
    MutexLock lock(&mutex_);
    if (--operations_ > 0) return;
    order_.pass.reset();
    self = std::move(self_);
  }
  surroundings().calls->Remove(this);
  surroundings().calls->Gone();
}

void StreamCall::PostPump() {
  if (takes_long_) {
    boost::asio::post(*surroundings().pool, [self = self_] { self->Pump(); });
  } else {
    entrance_->loop->Post([self = self_] { self->Pump(); });
  }
}

// On the loop, or on a thread of the pool.
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
  messages_written_ = 0;
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
  if (messages_written_ < portion_.messages.size()) {
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
  const grpc::Slice slice = SliceOf(std::move(portion_.messages[messages_written_++]));
  stuck_since_ = std::chrono::steady_clock::now();
  ++operations_;
  // With a hint to wait for more, gRPC doesn't say that it took a message until more
  // comes; so there is none.
  stream_.Write(grpc::ByteBuffer(&slice, 1), &written_);
}

void StreamCall::Written(bool ok) {
  {
    MutexLock lock(&mutex_);
    stuck_since_.reset();
    if (ended_) {
      // Nothing more to do.
    } else if (ok) {
      GoOn();
    } else {
      EndLocked(absl::CancelledError("the caller has gone"));
    }
  }
  OperationOver();
}

void StreamCall::Wait() {
  const uint64_t wait = ++wait_;
  absl::StatusOr<std::optional<HeadWatch::WaitId>> head_wait = surroundings().heads->WaitBeyond(
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
  if (head_wait_.has_value()) surroundings().heads->Cancel(*head_wait_);
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
  ++operations_;
  stream_.Finish(ToGrpcStatus(status), &finished_);
  surroundings().calls->Ended(verb_, status);
}

void StreamCall::Review(std::chrono::steady_clock::time_point now) {
  MutexLock lock(&mutex_);
  if (self_ == nullptr) return;  // It is gone.
  const bool is_stuck =
      stuck_since_.has_value() && now - *stuck_since_ > surroundings().slow_reader_patience;
  if (ended_) {
    if (!is_stuck) return;
    stuck_since_.reset();
    context_.TryCancel();
    return;
  }
  const absl::Status standing =
      order_.pass == nullptr ? absl::OkStatus() : order_.pass->CheckStands();
  if (!standing.ok()) {
    EndLocked(standing);
  } else if (is_stuck) {
    stuck_since_ = now;
    EndLocked(absl::ResourceExhaustedError(absl::StrCat(
        "nothing of the stream was taken for ", surroundings().slow_reader_patience.count(),
        " ms, with more waiting to be; go on after the last item received")));
  } else if (due_at_ != Instant::End() && surroundings().clock->Now() >= due_at_) {
    StopWaiting();
    PostPump();
  }
}

void StreamCall::Finished(bool) { OperationOver(); }

// The caller has what it wanted, has cancelled, or its deadline has passed.
void StreamCall::Done(bool) {
  End(absl::CancelledError("the caller cancelled it, or its deadline has passed"));
  OperationOver();
}

}  // namespace annals
