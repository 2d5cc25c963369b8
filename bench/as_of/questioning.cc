#include "bench/as_of/questioning.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

constexpr uint64_t kQuestionSeed = 7;
constexpr uint64_t kWarmUpSeed = 8;         // And up.
constexpr double kNoQuicker = 0.95;         // A round that takes more of the one before.
constexpr double kMostWarmUpSeconds = 0.5;  // Of those that questions may take.
constexpr int64_t kHistorySteps = 1'000;
constexpr size_t kWhyPage = 100;

using Answer = absl::StatusOr<std::vector<int64_t>>;
using Asker = std::function<Answer(Contender*, const Question&)>;

Answer One(absl::StatusOr<int64_t> value) {
  if (!value.ok()) return value.status();
  return std::vector<int64_t>{*value};
}

// The year in steps, of the first group.
Answer AskHistory(Contender* contender, Question question, bool all_groups) {
  question.group = 0;
  std::vector<Instant> steps;
  for (int64_t i = 1; i <= kHistorySteps; ++i) {
    steps.push_back({kYearBegin.micros + kYearMicros / kHistorySteps * i});
  }
  return contender->History(question, steps, all_groups);
}

Answer AskRebuild(Contender* contender, const Question&) {
  ANNALS_RETURN_IF_ERROR(contender->Rebuild());
  return std::vector<int64_t>();
}

const std::map<std::string, Asker>& Askers() {
  static const auto* const askers = new std::map<std::string, Asker>{
      {"group", [](Contender* c, const Question& q) { return One(c->Sum(q)); }},
      {"all", [](Contender* c, const Question& q) { return c->Sums(q); }},
      {"members", [](Contender* c, const Question& q) { return One(c->CountMembers(q)); }},
      {"latest", [](Contender* c, const Question& q) { return One(c->Latest(q)); }},
      {"history", [](Contender* c, const Question& q) { return AskHistory(c, q, false); }},
      {"history-all", [](Contender* c, const Question& q) { return AskHistory(c, q, true); }},
      {"why", [](Contender* c, const Question& q) { return c->Why(q, kWhyPage); }},
      {"rebuild", AskRebuild},
  };
  return *askers;
}

double MicrosSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
      .count();
}

absl::Status WarmUp(const Inquest& inquest, const ClaimStream& claims, const Asker& ask,
                    Contender* contender) {
  if (inquest.question == "rebuild") return absl::OkStatus();
  const auto begin = std::chrono::steady_clock::now();
  double before = 0;
  for (uint64_t round = 0;; ++round) {
    const auto round_begin = std::chrono::steady_clock::now();
    for (const Question& question : DrawQuestions(claims, kWarmUpSeed + round, inquest.count)) {
      ANNALS_RETURN_IF_ERROR(ask(contender, question).status());
      if (MicrosSince(begin) > inquest.seconds * 1e6 * kMostWarmUpSeconds) return absl::OkStatus();
    }
    const double took = MicrosSince(round_begin);
    if (round > 0 && took > before * kNoQuicker) return absl::OkStatus();
    before = took;
  }
}

void FillPercentiles(std::vector<double> micros, pb::Figure* figure) {
  std::sort(micros.begin(), micros.end());
  double sum = 0;
  for (const double m : micros) sum += m;
  figure->set_asked(micros.size());
  figure->set_p50_us(micros[micros.size() / 2]);
  figure->set_p99_us(micros[micros.size() * 99 / 100]);
  figure->set_mean_us(sum / static_cast<double>(micros.size()));
}

}  // namespace

absl::StatusOr<pb::Figure> Ask(const Inquest& inquest, const ClaimStream& claims,
                               Contender* contender) {
  const auto found = Askers().find(inquest.question);
  if (found == Askers().end() || inquest.count == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no question \"", inquest.question, ":", inquest.count, "\""));
  }
  const Asker& ask = found->second;
  ANNALS_RETURN_IF_ERROR(WarmUp(inquest, claims, ask, contender));
  pb::Figure figure;
  figure.set_question(inquest.question);
  std::vector<double> micros;
  const auto begin = std::chrono::steady_clock::now();
  for (const Question& question : DrawQuestions(claims, kQuestionSeed, inquest.count)) {
    const auto asked = std::chrono::steady_clock::now();
    const Answer answer = ask(contender, question);
    micros.push_back(MicrosSince(asked));
    ANNALS_RETURN_IF_ERROR(answer.status());
    if (micros.size() <= inquest.kept_answers) figure.add_answers(absl::StrJoin(*answer, ","));
    if (micros.size() >= inquest.at_least && MicrosSince(begin) > inquest.seconds * 1e6) break;
  }
  FillPercentiles(std::move(micros), &figure);
  return figure;
}

}  // namespace annals::bench
