// CopyAsCrashed: what a program that is killed leaves of a store's folder.
#ifndef ANNALS_TESTS_TESTING_CRASHED_COPY_H_
#define ANNALS_TESTS_TESTING_CRASHED_COPY_H_

#include <string>

#include "absl/status/status.h"

namespace annals::testing {

// Copies the folder of a store that is open and that no one appends to; `to` must
// not exist. The index may be at work meanwhile: the copy is made again until
// nothing changed while it was made, so it is the folder as it was at one time.
// UNAVAILABLE if that never comes; INTERNAL if copying fails for another reason.
absl::Status CopyAsCrashed(const std::string& from, const std::string& to);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_CRASHED_COPY_H_
