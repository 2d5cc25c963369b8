#include "engine/index/following/rebuild_ticket.h"

#include <utility>

namespace annals {

void RebuildTicket::Report(Position done, Position head) {
  MutexLock lock(&mutex_);
  has_news_ = true;
  done_ = done;
  head_ = head;
  changed_.NotifyAll();
}

void RebuildTicket::Finish(absl::Status status) {
  MutexLock lock(&mutex_);
  finished_ = true;
  status_ = std::move(status);
  changed_.NotifyAll();
}

absl::Status RebuildTicket::Wait(const std::function<void(Position, Position)>& report) {
  while (true) {
    Position done;
    Position head;
    {
      MutexLock lock(&mutex_);
      while (!has_news_ && !finished_) changed_.Wait(&mutex_);
      if (!has_news_) return status_;
      has_news_ = false;
      done = done_;
      head = head_;
    }
    if (report) report(done, head);
  }
}

}  // namespace annals
