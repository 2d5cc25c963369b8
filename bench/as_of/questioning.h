// Questioning: asks a contender and times each answer.
#ifndef ANNALS_BENCH_AS_OF_QUESTIONING_H_
#define ANNALS_BENCH_AS_OF_QUESTIONING_H_

#include <string>

#include "absl/status/statusor.h"
#include "bench/as_of/claim_stream.h"
#include "bench/as_of/contender.h"
#include "bench/as_of/report.pb.h"

namespace annals::bench {

// How much of one kind of question is asked.
struct Inquest {
  // "group": Sum; "all": Sums; "members": CountMembers; "latest": Latest;
  // "history", "history-all": History in 1,000 steps, from a view of one group and
  // of all; "why": Why, a page of 100; "rebuild".
  std::string question;
  size_t count = 1;           // At most.
  double seconds = 60;        // Stops earlier after so long …
  size_t at_least = 3;        // … but asks so many.
  size_t kept_answers = 300;  // In the figure.
};

// Warm: other questions are asked first, as many at a time, until those take no less
// than the ones before, or for half of the time. INVALID_ARGUMENT if there is no such
// question; otherwise the contender's errors.
absl::StatusOr<pb::Figure> Ask(const Inquest& inquest, const ClaimStream& claims,
                               Contender* contender);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_QUESTIONING_H_
