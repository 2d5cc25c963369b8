// Arrivals: events as they reach the projections, with what they correct.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_H_

#include <vector>

#include "engine/index/admission.h"
#include "engine/index/following/decoded_event.h"

namespace annals {

// An event that a correction takes out or brings back, and how.
struct CorrectedEvent {
  DecodedEvent event;
  WorldSteps steps;
};

// Some events that follow one another, and by an event's place what it corrects.
struct Arrivals {
  std::vector<DecodedEvent> events;
  std::vector<std::vector<CorrectedEvent>> corrected;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_ARRIVAL_H_
