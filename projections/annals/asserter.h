// How projections name whoever claims something.
#ifndef ANNALS_PROJECTIONS_ANNALS_ASSERTER_H_
#define ANNALS_PROJECTIONS_ANNALS_ASSERTER_H_

#include <string>

#include "proto/annals/v1/event.pb.h"

namespace annals {

// The event's asserter as an element of a key, or as a text that is shown:
// "unattributed" when the sources attribute the claim to nobody.
std::string AsserterKey(const v1::Event& event);

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_ANNALS_ASSERTER_H_
