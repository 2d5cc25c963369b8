#include "projections/venezuela/release_measures.h"

#include <algorithm>
#include <tuple>

#include "absl/status/status.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "projections/annals/asserter.h"
#include "proto/venezuela/v1/release.pb.h"
#include "proto/venezuela/v1/subject.pb.h"

namespace annals::venezuela {
namespace {

namespace domain = ::venezuela::v1;

// In the order of ReleaseMeasure.
const std::vector<Measure>& Measures() {
  static const auto* const measures = new std::vector<Measure>{
      {"dates", MeasureKind::kRegister, {"person", "status"}},
      {"verifiers", MeasureKind::kSet, {"person"}},
      {"nationalities", MeasureKind::kSet, {"person"}},
      {"nationals", MeasureKind::kSet, {"country"}},
      {"people", MeasureKind::kSet, {"scope"}},
      {"totals", MeasureKind::kRegister, {"scope", "status", "asserter"}},
      {"batches", MeasureKind::kRegister, {"scope", "status", "asserter"}},
      {"claimed", MeasureKind::kRegister, {"scope"}},
  };
  return *measures;
}

const std::string& NameOf(ReleaseMeasure measure) {
  return Measures()[static_cast<size_t>(measure)].name;
}

void ProjectPerson(const ProjectedEvent& event, absl::string_view status,
                   const domain::Person& person, Contributions* out) {
  const std::string& id = person.id();
  if (id.empty()) return;  // Can't be told from anybody else.
  out->Register(NameOf(ReleaseMeasure::kDates), {id, std::string(status)}, event.OccurredValue());
  out->Member(NameOf(ReleaseMeasure::kPeople), {std::string(kEveryone)}, id);
  if (status == kVerified) {
    out->Member(NameOf(ReleaseMeasure::kVerifiers), {id}, AsserterKey(event.event));
  }
  for (const std::string& country : person.nationalities()) {
    if (country.empty()) continue;
    out->Member(NameOf(ReleaseMeasure::kNationalities), {id}, country);
    out->Member(NameOf(ReleaseMeasure::kNationals), {country}, id);
  }
}

// `Release` is ReleaseVerified or ReleaseReported, whose fields are the same.
template <typename Release>
absl::Status ProjectRelease(const ProjectedEvent& event, absl::string_view status,
                            const Release& release, Contributions* out) {
  for (const domain::Person& person : release.persons()) ProjectPerson(event, status, person, out);
  if (!release.has_count() || release.scope().empty()) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const Quantity count, Quantity::FromProto(release.count()));
  const ReleaseMeasure measure =
      release.cumulative() ? ReleaseMeasure::kTotals : ReleaseMeasure::kBatches;
  out->Register(NameOf(measure), {release.scope(), std::string(status), AsserterKey(event.event)},
                QuantityValue(count));
  return absl::OkStatus();
}

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  if (const auto* verified = event.As<domain::ReleaseVerified>()) {
    return ProjectRelease(event, kVerified, *verified, out);
  }
  if (const auto* reported = event.As<domain::ReleaseReported>()) {
    return ProjectRelease(event, kReported, *reported, out);
  }
  const auto* claimed = event.As<domain::ReleaseCountClaimed>();
  if (claimed == nullptr || !claimed->has_count() || claimed->scope().empty()) {
    return absl::OkStatus();
  }
  ANNALS_ASSIGN_OR_RETURN(const Quantity count, Quantity::FromProto(claimed->count()));
  out->Register(NameOf(ReleaseMeasure::kClaimed), {claimed->scope()}, QuantityValue(count));
  return absl::OkStatus();
}

}  // namespace

MeasureRef RefTo(ReleaseMeasure measure) { return {"venezuela.releases", NameOf(measure)}; }

Projection ReleasesProjection() {
  return {.name = "venezuela.releases", .version = 1, .measures = Measures(), .project = Project};
}

std::optional<RegisterRow> LatestOf(const std::vector<RegisterRow>& rows) {
  const auto latest =
      std::max_element(rows.begin(), rows.end(), [](const RegisterRow& a, const RegisterRow& b) {
        return std::tie(a.occurred, a.known, a.position) <
               std::tie(b.occurred, b.known, b.position);
      });
  if (latest == rows.end()) return std::nullopt;
  return *latest;
}

absl::StatusOr<std::optional<RegisterRow>> LatestVerifiedTotal(const World& world) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows,
                          world.AllLatest(RefTo(ReleaseMeasure::kTotals),
                                          {std::string(kEveryone), std::string(kVerified)}));
  return LatestOf(rows);
}

}  // namespace annals::venezuela
