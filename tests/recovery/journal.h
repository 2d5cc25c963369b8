// Journal: what the users of a store know of it, kept outside of it.
#ifndef ANNALS_TESTS_RECOVERY_JOURNAL_H_
#define ANNALS_TESTS_RECOVERY_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/log/append.h"

namespace annals::recovery {

// One append, as its writer saw it. It may be in the store whole, or not at all,
// unless it is acknowledged.
struct Attempt {
  AppendRequest request;  // Every event has an id of its own.
  size_t begun = 0;       // A moment: so many disk operations had been done.
  bool is_acknowledged = false;
  size_t acknowledged = 0;
  std::vector<Receipt> receipts;
};

// An event that a subscriber was sent.
struct Received {
  uint64_t position = 0;
  std::string bytes;
  size_t moment = 0;
};

// Of one timeline. A value. Not thread-safe.
class Journal {
 public:
  // Returns the attempt's number.
  size_t Begin(AppendRequest request, size_t moment) {
    attempts_.push_back({.request = std::move(request), .begun = moment});
    return attempts_.size() - 1;
  }
  void Acknowledge(size_t attempt, std::vector<Receipt> receipts, size_t moment) {
    attempts_[attempt].is_acknowledged = true;
    attempts_[attempt].acknowledged = moment;
    attempts_[attempt].receipts = std::move(receipts);
  }
  void Receive(uint64_t position, std::string bytes, size_t moment) {
    received_.push_back({position, std::move(bytes), moment});
  }

  const std::vector<Attempt>& attempts() const { return attempts_; }
  const std::vector<Received>& received() const { return received_; }

  // What was known when so many disk operations had been done; all of it long ago.
  Journal AsOf(size_t moment) const {
    Journal past;
    for (const Attempt& attempt : attempts_) {
      if (attempt.begun > moment) continue;
      const bool known = attempt.is_acknowledged && attempt.acknowledged <= moment;
      past.Begin(attempt.request, 0);
      if (known) past.Acknowledge(past.attempts_.size() - 1, attempt.receipts, 0);
    }
    for (const Received& each : received_) {
      if (each.moment <= moment) past.Receive(each.position, each.bytes, 0);
    }
    return past;
  }

  size_t acknowledged() const {
    size_t count = 0;
    for (const Attempt& attempt : attempts_) count += attempt.is_acknowledged;
    return count;
  }

 private:
  std::vector<Attempt> attempts_;
  std::vector<Received> received_;
};

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_JOURNAL_H_
