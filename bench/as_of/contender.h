// Contender: a system that holds the claims and answers the questions.
#ifndef ANNALS_BENCH_AS_OF_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_CONTENDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/as_of/claim_stream.h"

namespace annals::bench {

// What is to be asked, so that a contender builds what that needs and no more.
struct Measures {
  bool tally = false;   // Sums, Sum, History and Why.
  bool set = false;     // CountMembers.
  bool latest = false;  // Latest.
};

// Every question is about the claims with valid <= question.valid and known <=
// question.known < superseded. Used by one thread. A question that a contender
// doesn't take is UNIMPLEMENTED; all other errors are the system's own.
class Contender {
 public:
  virtual ~Contender() = default;

  // "PostgreSQL 15.18".
  virtual absl::StatusOr<std::string> Version() = 0;

  // Takes in all claims and makes ready for questions. Called once.
  virtual absl::Status Load(const ClaimStream& claims, const Measures& measures) = 0;

  // Waits until work that goes on in the background is over.
  virtual absl::Status Settle() { return absl::OkStatus(); }

  // Bytes on disk.
  virtual absl::StatusOr<uint64_t> StoredBytes() { return 0; }

  // The sum of the weights in the question's group; 0 if there is no claim.
  virtual absl::StatusOr<int64_t> Sum(const Question& question) = 0;

  // The same for every group, by its number.
  virtual absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) = 0;

  // The distinct members of the group.
  virtual absl::StatusOr<int64_t> CountMembers(const Question& question) = 0;

  // The weight that the question's member has by its latest claim: by valid,
  // then known, then number; 0 if there is none.
  virtual absl::StatusOr<int64_t> Latest(const Question& question) = 0;

  // Sum() at each of the times `valid`; if the contender has views, from one of
  // that group alone, or from one of all groups.
  virtual absl::StatusOr<std::vector<int64_t>> History(const Question& question,
                                                       const std::vector<Instant>& valid,
                                                       bool /*all_groups*/) {
    std::vector<int64_t> sums;
    Question step = question;
    for (const Instant at : valid) {
      step.valid = at;
      absl::StatusOr<int64_t> sum = Sum(step);
      if (!sum.ok()) return sum.status();
      sums.push_back(*sum);
    }
    return sums;
  }

  // The numbers of the first `limit` claims behind Sum().
  virtual absl::StatusOr<std::vector<int64_t>> Why(const Question&, size_t) {
    return absl::UnimplementedError("this contender isn't asked for reasons");
  }

  // Makes anew, from the claims, all that questions are answered from.
  virtual absl::Status Rebuild() {
    return absl::UnimplementedError("this contender has nothing to rebuild");
  }
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_CONTENDER_H_
