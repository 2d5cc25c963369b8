#include "bench/as_of/claim_stream.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace annals::bench {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
// How many references to corrected claims a workload may hold.
constexpr uint64_t kReferences = 1'000'000;

enum Purpose : uint64_t {
  kMember,
  kWeight,
  kDelay,
  kKnown,
  kIsLateValid,
  kIsLateKnown,
  kLateValid,
  kLateKnown,
  kPurposes,
};

// The finaliser of SplitMix64: every bit of the input moves every bit.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// 0 to `bound` - 1, from 64 random bits.
uint64_t Below(uint64_t random, uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(random) * bound) >> 64);
}

bool Happens(uint64_t random, double share) {
  return static_cast<double>(random >> 11) * 0x1p-53 < share;
}

int64_t WholeSeconds(int64_t micros) { return micros - micros % kSecond; }

uint64_t CountChains(const ClaimStream::Options& options) {
  const uint64_t n = options.corrections;
  if (n == 0) return 0;
  const uint64_t by_size = options.size / 2 / (n + 1);
  const uint64_t by_references = kReferences / (n * (n + 1) / 2);
  return std::max<uint64_t>(1, std::min(by_size, by_references));
}

}  // namespace

absl::Status ClaimStream::Check(const Options& options) {
  if (options.size == 0 || options.groups == 0 || options.members == 0) {
    return absl::InvalidArgumentError("size, groups and members must be at least 1");
  }
  for (const double share : {options.late_valid, options.late_known}) {
    if (!(share >= 0 && share <= 1)) {
      return absl::InvalidArgumentError(absl::StrCat("a late share is 0 to 1, not ", share));
    }
  }
  if (options.corrections == 0) return absl::OkStatus();
  if (options.corrections > 1'000) {
    return absl::InvalidArgumentError("an event corrects at most 1,000 others");
  }
  if (options.late_valid > 0 || options.late_known > 0) {
    return absl::InvalidArgumentError("corrections are measured with claims on time");
  }
  if (options.size < 2 * (uint64_t{options.corrections} + 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.corrections, " corrections need a size of ", 2 * (options.corrections + 1)));
  }
  return absl::OkStatus();
}

ClaimStream::ClaimStream(const Options& options)
    : options_(options),
      chains_(CountChains(options)),
      stride_(chains_ == 0 ? 0 : options.size / (chains_ * (options.corrections + 1))) {}

uint64_t ClaimStream::Draw(uint64_t number, uint64_t purpose) const {
  return Mix(Mix(options_.seed + 0x9e3779b97f4a7c15) ^
             ((number * kPurposes + purpose) * 0x9e3779b97f4a7c15));
}

// First all chains' first claims, in order, then all second ones, and so on.
bool ClaimStream::IsLink(uint64_t number, Link* link) const {
  if (stride_ == 0 || number % stride_ != 0) return false;
  const uint64_t index = number / stride_ - 1;
  *link = {.chain = index % chains_, .step = index / chains_};
  return link->step <= options_.corrections;
}

uint64_t ClaimStream::LinkNumber(Link link) const {
  return (link.step * chains_ + link.chain + 1) * stride_;
}

Instant ClaimStream::KnownOnTime(uint64_t number) const {
  const auto step = std::max<uint64_t>(1, static_cast<uint64_t>(kYearMicros) / options_.size);
  return {kYearBegin.micros +
          static_cast<int64_t>((number - 1) * step + Below(Draw(number, kKnown), step))};
}

Instant ClaimStream::JustBefore(Instant known, uint64_t number) const {
  const auto delay = static_cast<int64_t>(Below(Draw(number, kDelay), kDay));
  return {WholeSeconds(std::max(kYearBegin.micros, known.micros - delay))};
}

Claim ClaimStream::At(uint64_t number) const {
  Link link;
  if (IsLink(number, &link)) return Restatement(number, link);
  const uint64_t member = Below(Draw(number, kMember), options_.members);
  Claim claim = {.group = GroupOf(member),
                 .member = member,
                 .weight = static_cast<int64_t>(1 + Below(Draw(number, kWeight), 1'000))};
  claim.known = KnownOnTime(number);
  if (Happens(Draw(number, kIsLateKnown), options_.late_known)) {
    claim.known = {kYearBegin.micros +
                   static_cast<int64_t>(Below(Draw(number, kLateKnown), kYearMicros))};
  }
  claim.valid = JustBefore(claim.known, number);
  if (Happens(Draw(number, kIsLateValid), options_.late_valid)) {
    const auto before = static_cast<uint64_t>(claim.known.micros - kYearBegin.micros + 1);
    claim.valid = {WholeSeconds(kYearBegin.micros +
                                static_cast<int64_t>(Below(Draw(number, kLateValid), before)))};
  }
  return claim;
}

Claim ClaimStream::Restatement(uint64_t number, Link link) const {
  const uint64_t first = LinkNumber({.chain = link.chain, .step = 0});
  const uint64_t member = ChainMember(link.chain);
  Claim claim = {.group = GroupOf(member),
                 .member = member,
                 .weight = static_cast<int64_t>(1 + Below(Draw(number, kWeight), 1'000)),
                 .valid = JustBefore(KnownOnTime(first), first),
                 .known = KnownOnTime(number)};
  for (uint64_t step = 0; step < link.step; ++step) {
    claim.supersedes.push_back(LinkNumber({.chain = link.chain, .step = step}));
  }
  if (link.step < options_.corrections) {
    claim.superseded = KnownOnTime(LinkNumber({.chain = link.chain, .step = link.step + 1}));
  }
  return claim;
}

std::vector<Question> DrawQuestions(const ClaimStream& claims, uint64_t seed, size_t count) {
  std::vector<Question> questions;
  questions.reserve(count);
  uint64_t state = Mix(seed ^ 0x5bf0'3635'1a9b'27d1);
  const auto draw = [&state](uint64_t bound) {
    return Below(Mix(state += 0x9e3779b97f4a7c15), bound);
  };
  for (size_t i = 0; i < count; ++i) {
    Question question;
    question.member = claims.chains() > 0 ? claims.ChainMember(draw(claims.chains()))
                                          : draw(claims.options().members);
    question.group = claims.GroupOf(question.member);
    question.valid = {kYearBegin.micros + static_cast<int64_t>(draw(kYearMicros))};
    question.known = {kYearBegin.micros + static_cast<int64_t>(draw(kYearMicros))};
    questions.push_back(question);
  }
  return questions;
}

std::string GroupName(uint32_t group) {
  return absl::StrCat("g", absl::Dec(group, absl::kZeroPad3));
}

std::string MemberName(uint64_t member) {
  return absl::StrCat("m", absl::Dec(member, absl::kZeroPad7));
}

}  // namespace annals::bench
