#include "tests/testing/hospital/hospital_domain.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/query/view.h"
#include "engine/query/world.h"
#include "tests/testing/hospital/hospital.pb.h"

namespace annals::testing {
namespace {

const MeasureRef kDays = {"hospital.treatments", "days"};
const MeasureRef kPatients = {"hospital.treatments", "patients"};
const MeasureRef kRemark = {"hospital.treatments", "remark"};
const MeasureRef kAdmitted = {"hospital.admissions", "patient"};

absl::Status ProjectTreatments(const ProjectedEvent& event, Contributions* contributions) {
  const auto* const treatment = event.As<hospital::Treatment>();
  if (treatment == nullptr) return absl::OkStatus();
  contributions->Tally("days", {treatment->ward()}, Quantity::Exactly(treatment->days()));
  contributions->Member("patients", {treatment->ward()}, treatment->patient());
  contributions->Register("remark", {treatment->ward()}, TextValue(treatment->remark()));
  return absl::OkStatus();
}

absl::Status ProjectAdmissions(const ProjectedEvent& event, Contributions* contributions) {
  const auto* const admission = event.As<hospital::Admission>();
  if (admission == nullptr) return absl::OkStatus();
  contributions->Register("patient", {admission->ward()},
                          TextValue("<" + admission->patient() + ">"));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> EvaluateWards(const World& world) {
  std::map<Key, std::vector<WorldCell>> wards;
  const auto cell = [&](const Key& ward, size_t column) -> WorldCell& {
    std::vector<WorldCell>& cells = wards[ward];
    cells.resize(4);
    return cells[column];
  };
  ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> days, world.Sums(kDays, {}));
  for (const TallyRow& row : days) {
    cell(row.key, 0) = {QuantityValue(row.sum), {ContributionsOf{kDays, row.key}}};
  }
  ANNALS_ASSIGN_OR_RETURN(const std::vector<SetRow> patients, world.Counts(kPatients, {}));
  for (const SetRow& row : patients) {
    cell(row.key, 1) = {QuantityValue(Quantity::Exactly(static_cast<int64_t>(row.members))),
                        {ContributionsOf{kPatients, row.key}}};
  }
  const std::pair<MeasureRef, size_t> registers[] = {{kRemark, 2}, {kAdmitted, 3}};
  for (const auto& [measure, column] : registers) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> latest, world.AllLatest(measure, {}));
    for (const RegisterRow& row : latest) cell(row.key, column) = {row.value, {row.position}};
  }
  std::vector<WorldRow> rows;
  for (auto& [ward, cells] : wards) rows.push_back({ward, std::move(cells)});
  return rows;
}

}  // namespace

Domain HospitalDomain() {
  Domain domain;
  domain.name = "hospital";
  domain.description = "Patients and their treatments.";
  domain.types = {hospital::Admission::descriptor(), hospital::Observation::descriptor(),
                  hospital::Treatment::descriptor(), hospital::Beds::descriptor()};
  domain.projections = {Projection{.name = kDays.projection,
                                   .measures = {{"days", MeasureKind::kTally, {"ward"}},
                                                {"patients", MeasureKind::kSet, {"ward"}},
                                                {"remark", MeasureKind::kRegister, {"ward"}}},
                                   .project = ProjectTreatments},
                        Projection{.name = kAdmitted.projection,
                                   .measures = {{"patient", MeasureKind::kRegister, {"ward"}}},
                                   .project = ProjectAdmissions}};
  domain.views = {View{.name = "wards",
                       .description = "Each ward: days of treatment, patients, the last remark.",
                       .columns = {KeyColumn("ward"), QuantityColumn("days", "days"),
                                   QuantityColumn("patients", "persons"), TextColumn("remark"),
                                   TextColumn("admitted")},
                       .evaluate = EvaluateWards}};
  return domain;
}

}  // namespace annals::testing
