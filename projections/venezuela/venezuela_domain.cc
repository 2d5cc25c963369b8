#include "projections/venezuela/venezuela_domain.h"

#include <vector>

#include "google/protobuf/descriptor.h"
#include "projections/annals/conflicts.h"
#include "projections/venezuela/claims.h"
#include "projections/venezuela/facilities.h"
#include "projections/venezuela/nationals_freed.h"
#include "projections/venezuela/release_measures.h"
#include "projections/venezuela/releases.h"
#include "projections/venezuela/remaining_prisoners.h"
#include "projections/venezuela/summary.h"
#include "projections/venezuela/verification_gap.h"
#include "proto/venezuela/v1/capture.pb.h"
#include "proto/venezuela/v1/detention.pb.h"
#include "proto/venezuela/v1/facility.pb.h"
#include "proto/venezuela/v1/release.pb.h"
#include "proto/venezuela/v1/statement.pb.h"

namespace annals {
namespace {

namespace domain = ::venezuela::v1;

// Every top-level message of these files is an event type; what they are made
// of is in subject.proto.
std::vector<const google::protobuf::Descriptor*> EventTypes() {
  std::vector<const google::protobuf::Descriptor*> types;
  for (const google::protobuf::Descriptor* any_of_file :
       {domain::MaduroCaptured::descriptor(), domain::PersonDetained::descriptor(),
        domain::FacilityPopulationStated::descriptor(), domain::ReleaseAnnounced::descriptor(),
        domain::StatementMade::descriptor()}) {
    const google::protobuf::FileDescriptor* file = any_of_file->file();
    for (int i = 0; i < file->message_type_count(); ++i) types.push_back(file->message_type(i));
  }
  return types;
}

}  // namespace

Domain VenezuelaDomain() {
  using namespace venezuela;  // NOLINT: the folder's own names.
  return {.name = "venezuela",
          .description = "The capture of Nicolás Maduro and the release of political prisoners.",
          .types = EventTypes(),
          .projections = {SummaryProjection(), ReleasesProjection(), DetaineesProjection(),
                          FacilitiesProjection(), ClaimsProjection()},
          .views = {SummaryView(), RemainingPrisonersView(), NationalsFreedView(), ReleasesView(),
                    VerificationGapView(), FacilitiesView(), ConflictsView(Claims())}};
}

}  // namespace annals
