// ClaimStream: the benchmark's claims, each a pure function of its number.
#ifndef ANNALS_BENCH_AS_OF_CLAIM_STREAM_H_
#define ANNALS_BENCH_AS_OF_CLAIM_STREAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/instant.h"

namespace annals::bench {

// Everything happens, and is known, within 2025 (UTC).
inline constexpr Instant kYearBegin = {int64_t{1'735'689'600} * 1'000'000};
inline constexpr int64_t kYearMicros = int64_t{365} * 86'400 * 1'000'000;

// One claim: `member` of `group` adds `weight` from `valid` on, as far as was
// known from `known` on, until it was superseded.
struct Claim {
  uint32_t group = 0;
  uint64_t member = 0;
  int64_t weight = 0;                     // 1 to 1,000.
  Instant valid;                          // A whole second.
  Instant known;                          // Not before `valid`.
  Instant superseded = Instant::End();    // When its correction was known.
  std::vector<uint64_t> supersedes = {};  // The numbers of the claims that it corrects.
};

// The claims 1 to `size`. On time, each becomes known after the one before it
// and up to a day after it happened. A share of them can be late:
//   late_valid  it happened at any time of the year before it was known
//   late_known  it is an archive's: it was known at any time of the year
// With `corrections`, some entities are restated that often: every restatement
// supersedes all former ones, comes much later and says the same time and
// another weight. Restating n times takes n(n + 1) / 2 references, which bounds
// the number of such entities; chains() says what it is. A value; thread-safe.
class ClaimStream {
 public:
  struct Options {
    uint64_t seed = 1;
    uint64_t size = 1'000'000;
    uint32_t groups = 200;
    uint64_t members = 1'000'000;  // A member is in one group, by its number.
    double late_valid = 0;         // Shares, 0 to 1.
    double late_known = 0;
    uint32_t corrections = 0;  // Of an entity; 0: none. At most 1,000.
  };

  // INVALID_ARGUMENT if the options don't fit each other.
  static absl::Status Check(const Options& options);

  explicit ClaimStream(const Options& options);

  const Options& options() const { return options_; }
  // The entities that are restated; the n-th one is this member, in this group.
  uint64_t chains() const { return chains_; }
  uint64_t ChainMember(uint64_t chain) const { return options_.members + chain; }
  uint32_t GroupOf(uint64_t member) const {
    return static_cast<uint32_t>(member % options_.groups);
  }

  // The claim number `number`, 1 to size. O(1), but for what it supersedes.
  Claim At(uint64_t number) const;

 private:
  // Where a restated entity's claim stands in its chain.
  struct Link {
    uint64_t chain;
    uint64_t step;
  };

  bool IsLink(uint64_t number, Link* link) const;
  uint64_t LinkNumber(Link link) const;
  uint64_t Draw(uint64_t number, uint64_t purpose) const;
  Instant KnownOnTime(uint64_t number) const;
  // A whole second, up to a day before `known`.
  Instant JustBefore(Instant known, uint64_t number) const;
  Claim Restatement(uint64_t number, Link link) const;

  const Options options_;
  const uint64_t chains_;
  const uint64_t stride_;  // Every so many claims, one belongs to a chain.
};

// As of when which group or member is asked. The coordinates are anywhere in
// the year.
struct Question {
  uint32_t group = 0;
  uint64_t member = 0;
  Instant valid;
  Instant known;
};

// `count` questions, the same for every contender. With corrections, only those
// entities are asked about that were corrected.
std::vector<Question> DrawQuestions(const ClaimStream& claims, uint64_t seed, size_t count);

// "g007" and "m0000042": names that sort as their numbers do.
std::string GroupName(uint32_t group);
std::string MemberName(uint64_t member);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_CLAIM_STREAM_H_
