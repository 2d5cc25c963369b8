// CheckStore: whether a store holds what its users know it must, and answers as
// it should.
#ifndef ANNALS_TESTS_RECOVERY_CHECK_STORE_H_
#define ANNALS_TESTS_RECOVERY_CHECK_STORE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "engine/query/store.h"
#include "tests/recovery/journal.h"

namespace annals::recovery {

// Checks, of one timeline of the lighthouses domain:
//   1. The store agrees with itself: dense positions, hashes, look-ups, HEAD.
//   2. The log is made of attempts, each there whole and once, in an order in which
//      a naive timeline takes them in and records the very same events.
//   3. Every acknowledged attempt is there, and its receipts say where.
//   4. What a subscriber received is what the log holds there.
//   5. The tree that the subscriber can compute from that is what the store's begins
//      with: a checkpoint that was kept is consistent with one of now.
//   6. Every view answers as the naive timeline does.
// Returns what is wrong, for a person to read; "" if nothing is.
std::string CheckStore(Store* store, absl::string_view timeline, const Journal& journal);

// The same, except that an answer may be an error too, if it is DATA_LOSS and says
// where: what it must never be is wrong.
std::string CheckAnswers(Store* store, absl::string_view timeline, const Journal& journal);

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_CHECK_STORE_H_
