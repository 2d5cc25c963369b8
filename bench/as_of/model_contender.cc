#include "bench/as_of/model_contender.h"

#include <set>
#include <tuple>
#include <vector>

namespace annals::bench {
namespace {

class ModelContender final : public Contender {
 public:
  absl::StatusOr<std::string> Version() override { return std::string("the naive model"); }

  absl::Status Load(const ClaimStream& claims, const Measures&) override {
    groups_.resize(claims.options().groups);
    const uint64_t expected = claims.options().size / groups_.size();
    for (std::vector<Entry>& group : groups_) group.reserve(expected + expected / 16);
    for (uint64_t number = 1; number <= claims.options().size; ++number) {
      const Claim claim = claims.At(number);
      groups_[claim.group].push_back({.number = static_cast<int64_t>(number),
                                      .valid = claim.valid,
                                      .known = claim.known,
                                      .superseded = claim.superseded,
                                      .member = static_cast<uint32_t>(claim.member),
                                      .weight = static_cast<int32_t>(claim.weight)});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> Sum(const Question& question) override {
    int64_t sum = 0;
    ForEach(question.group, question, [&](const Entry& entry) {
      sum += entry.weight;
      return true;
    });
    return sum;
  }

  absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) override {
    std::vector<int64_t> sums(groups_.size());
    for (uint32_t group = 0; group < groups_.size(); ++group) {
      ForEach(group, question, [&](const Entry& entry) {
        sums[group] += entry.weight;
        return true;
      });
    }
    return sums;
  }

  absl::StatusOr<int64_t> CountMembers(const Question& question) override {
    std::set<uint32_t> members;
    ForEach(question.group, question, [&](const Entry& entry) {
      members.insert(entry.member);
      return true;
    });
    return static_cast<int64_t>(members.size());
  }

  absl::StatusOr<int64_t> Latest(const Question& question) override {
    const Entry* latest = nullptr;
    ForEach(question.group, question, [&](const Entry& entry) {
      if (entry.member != question.member) return true;
      if (latest == nullptr || Order(*latest) < Order(entry)) latest = &entry;
      return true;
    });
    return latest == nullptr ? 0 : latest->weight;
  }

  absl::StatusOr<std::vector<int64_t>> Why(const Question& question, size_t limit) override {
    std::vector<int64_t> numbers;
    ForEach(question.group, question, [&](const Entry& entry) {
      numbers.push_back(entry.number);
      return numbers.size() < limit;
    });
    return numbers;
  }

 private:
  struct Entry {
    int64_t number;
    Instant valid;
    Instant known;
    Instant superseded;
    uint32_t member;
    int32_t weight;
  };

  static std::tuple<Instant, Instant, int64_t> Order(const Entry& entry) {
    return {entry.valid, entry.known, entry.number};
  }

  // In order of number, until `visit` returns false.
  template <typename Visit>
  void ForEach(uint32_t group, const Question& question, Visit visit) const {
    for (const Entry& entry : groups_[group]) {
      if (entry.valid <= question.valid && entry.known <= question.known &&
          question.known < entry.superseded && !visit(entry)) {
        return;
      }
    }
  }

  std::vector<std::vector<Entry>> groups_;
};

}  // namespace

std::unique_ptr<Contender> NewModelContender() { return std::make_unique<ModelContender>(); }

}  // namespace annals::bench
