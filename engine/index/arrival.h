// Arrival: an event as it reaches the projections, with what it corrects.
#ifndef ANNALS_ENGINE_INDEX_ARRIVAL_H_
#define ANNALS_ENGINE_INDEX_ARRIVAL_H_

#include <vector>

#include "engine/index/admission.h"
#include "engine/index/decoded_event.h"

namespace annals {

// An event that a correction takes out or brings back, and how.
struct CorrectedEvent {
  DecodedEvent event;
  WorldSteps steps;
};

struct Arrival {
  DecodedEvent event;
  std::vector<CorrectedEvent> corrected;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ARRIVAL_H_
