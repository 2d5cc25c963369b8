// CheckHistory: whether appends that raced each other came out as if they had been
// made one after the other.
#ifndef ANNALS_TESTS_RECOVERY_HISTORY_H_
#define ANNALS_TESTS_RECOVERY_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/log/append.h"

namespace annals::recovery {

// One append to a stream, as its writer saw it. Tickets are drawn from one counter,
// before the call and after it.
struct Race {
  std::string stream;
  ExpectedRevision expected = ExpectedRevision::Any();
  uint64_t events = 1;
  uint64_t begin = 0;
  uint64_t end = 0;
  bool won = false;       // Otherwise it was ABORTED: the stream wasn't as expected.
  uint64_t revision = 0;  // Of its first event, if it won.
  uint64_t position = 0;
};

// Linearizability of one timeline: there is an order of the appends in which each
// comes out as it did, and which puts none before one that had ended when it began.
// Returns what contradicts that; "" if nothing does.
std::string CheckHistory(const std::vector<Race>& races);

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_HISTORY_H_
