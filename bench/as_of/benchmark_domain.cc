#include "bench/as_of/benchmark_domain.h"

#include <optional>
#include <utility>
#include <vector>

#include "bench/as_of/claim.pb.h"
#include "bench/as_of/generated_log.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

absl::Status ProjectWeight(const ProjectedEvent& event, Contributions* out) {
  if (const auto* claim = event.As<pb::Claim>()) {
    out->Tally(Weights().measure, {claim->group()}, Quantity::Exactly(claim->weight()));
  }
  return absl::OkStatus();
}

absl::Status ProjectMember(const ProjectedEvent& event, Contributions* out) {
  if (const auto* claim = event.As<pb::Claim>()) {
    out->Member(Members().measure, {claim->group()}, claim->member());
  }
  return absl::OkStatus();
}

absl::Status ProjectLatest(const ProjectedEvent& event, Contributions* out) {
  if (const auto* claim = event.As<pb::Claim>()) {
    out->Register(LatestWeight().measure, {claim->member()},
                  QuantityValue(Quantity::Exactly(claim->weight())));
  }
  return absl::OkStatus();
}

WorldRow WeightRow(const Key& group, const Quantity& sum) {
  return {
      .key = group,
      .cells = {{.value = QuantityValue(sum), .evidence = {ContributionsOf{Weights(), group}}}}};
}

absl::StatusOr<std::vector<WorldRow>> EvaluateWeights(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> sums, world.Sums(Weights(), {}));
  std::vector<WorldRow> rows;
  for (const TallyRow& sum : sums) rows.push_back(WeightRow(sum.key, sum.sum));
  return rows;
}

absl::StatusOr<std::vector<WorldRow>> EvaluateFirstGroup(const World& world) {
  const Key group = {GroupName(0)};
  ANNALS_ASSIGN_OR_RETURN(const std::optional<Quantity> sum, world.Sum(Weights(), group));
  if (!sum.has_value()) return std::vector<WorldRow>();
  return std::vector<WorldRow>{WeightRow(group, *sum)};
}

}  // namespace

MeasureRef Weights() { return {"bench.weights", "weight"}; }
MeasureRef Members() { return {"bench.members", "members"}; }
std::string FirstGroupView() { return "first-weight"; }
MeasureRef LatestWeight() { return {"bench.latest", "weight"}; }

Domain BenchmarkDomain(const Measures& measures) {
  Domain domain = {.name = GeneratedLog::kDomain,
                   .description = "Generated claims.",
                   .types = {pb::Claim::descriptor()}};
  if (measures.tally) {
    domain.projections.push_back({.name = Weights().projection,
                                  .measures = {{Weights().measure, MeasureKind::kTally, {"group"}}},
                                  .project = ProjectWeight});
    const std::vector<v1::Column> columns = {KeyColumn("group"), QuantityColumn("weight", "units")};
    domain.views.push_back({.name = "weights",
                            .description = "Each group's weight.",
                            .columns = columns,
                            .evaluate = EvaluateWeights});
    domain.views.push_back({.name = FirstGroupView(),
                            .description = "The first group's weight.",
                            .columns = columns,
                            .evaluate = EvaluateFirstGroup});
  }
  if (measures.set) {
    domain.projections.push_back({.name = Members().projection,
                                  .measures = {{Members().measure, MeasureKind::kSet, {"group"}}},
                                  .project = ProjectMember});
  }
  if (measures.latest) {
    domain.projections.push_back(
        {.name = LatestWeight().projection,
         .measures = {{LatestWeight().measure, MeasureKind::kRegister, {"member"}}},
         .project = ProjectLatest});
  }
  return domain;
}

}  // namespace annals::bench
