#include "projections/venezuela/claims.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "projections/annals/asserter.h"
#include "projections/venezuela/closure.h"
#include "projections/venezuela/release_measures.h"
#include "proto/venezuela/v1/capture.pb.h"
#include "proto/venezuela/v1/detention.pb.h"
#include "proto/venezuela/v1/facility.pb.h"
#include "proto/venezuela/v1/release.pb.h"
#include "proto/venezuela/v1/statement.pb.h"

namespace annals::venezuela {
namespace {

namespace domain = ::venezuela::v1;

// One event's claims, on their way into the register.
class Claimant {
 public:
  Claimant(const ProjectedEvent& event, Contributions* out)
      : asserter_(AsserterKey(event.event)), out_(out) {}

  // A claim about nothing in particular can't contradict another.
  absl::Status Claim(const std::string& subject, const std::string& attribute, v1::Value value) {
    if (!subject.empty() && !attribute.empty()) {
      out_->Register(Claims().measure, {subject, attribute, asserter_}, std::move(value));
    }
    return absl::OkStatus();
  }

  absl::Status ClaimCount(const std::string& subject, const std::string& attribute,
                          const v1::Quantity& proto) {
    ANNALS_ASSIGN_OR_RETURN(const Quantity count, Quantity::FromProto(proto));
    return Claim(subject, attribute, QuantityValue(count));
  }

 private:
  const std::string asserter_;
  Contributions* const out_;
};

// `Count` is any of the three types that count releases.
template <typename Count>
absl::Status ProjectCount(const ProjectedEvent& event, Claimant* claimant) {
  const Count* count = event.As<Count>();
  if (count == nullptr || !count->has_count() || count->scope().empty()) return absl::OkStatus();
  if (count->scope() != kEveryone) {
    return claimant->ClaimCount("releases", absl::StrCat("count-", count->scope()), count->count());
  }
  ANNALS_RETURN_IF_ERROR(claimant->ClaimCount("releases", "count", count->count()));
  return claimant->Claim("releases", "count-basis",
                         TextValue(count->cumulative() ? "cumulative" : "not cumulative"));
}

absl::Status ProjectEstimate(const domain::DetaineeEstimateStated& stated, Claimant* claimant) {
  if (stated.has_count()) {
    return claimant->ClaimCount("political-prisoners", "detained", stated.count());
  }
  if (stated.words().empty()) return absl::OkStatus();
  return claimant->Claim("political-prisoners", "detained", TextValue(stated.words()));
}

absl::Status ProjectDetention(const ProjectedEvent& event, const domain::PersonDetained& detained,
                              Claimant* claimant) {
  std::vector<std::string> charges(detained.charges().begin(), detained.charges().end());
  std::sort(charges.begin(), charges.end());
  const std::string& person = detained.person().id();
  if (!charges.empty()) {
    ANNALS_RETURN_IF_ERROR(
        claimant->Claim(person, "charges", TextValue(absl::StrJoin(charges, ", "))));
  }
  if (event.event.occurred().empty()) return absl::OkStatus();
  return claimant->Claim(person, "detained", event.OccurredValue());
}

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  Claimant claimant(event, out);
  if (const std::optional<ClosureClaim> closure = ClosureClaimOf(event)) {
    return claimant.Claim(closure->facility, "closure", TextValue(closure->stage));
  }
  if (const auto* estimate = event.As<domain::DetaineeEstimateStated>()) {
    return ProjectEstimate(*estimate, &claimant);
  }
  if (const auto* detained = event.As<domain::PersonDetained>()) {
    return ProjectDetention(event, *detained, &claimant);
  }
  if (const auto* said = event.As<domain::DescriptionStated>()) {
    return claimant.Claim(said->subject(), said->attribute(), TextValue(said->value()));
  }
  if (const auto* dead = event.As<domain::CasualtiesClaimed>(); dead && dead->has_deaths()) {
    return claimant.ClaimCount(dead->incident(), "deaths", dead->deaths());
  }
  if (const auto* held = event.As<domain::FacilityPopulationStated>(); held && held->has_count()) {
    return claimant.ClaimCount(held->facility().id(), "population", held->count());
  }
  ANNALS_RETURN_IF_ERROR(ProjectCount<domain::ReleaseCountClaimed>(event, &claimant));
  ANNALS_RETURN_IF_ERROR(ProjectCount<domain::ReleaseVerified>(event, &claimant));
  return ProjectCount<domain::ReleaseReported>(event, &claimant);
}

}  // namespace

MeasureRef Claims() { return {"venezuela.claims", "claims"}; }

Projection ClaimsProjection() {
  return {.name = Claims().projection,
          .version = 1,
          .measures = {{Claims().measure,
                        MeasureKind::kRegister,
                        {"subject", "attribute", "asserter"}}},
          .project = Project};
}

}  // namespace annals::venezuela
