// OneWorld: an answer of which only one world was asked for.
#ifndef ANNALS_ENGINE_SERVICE_ONE_WORLD_H_
#define ANNALS_ENGINE_SERVICE_ONE_WORLD_H_

#include "proto/annals/v1/view.pb.h"

namespace annals {

// Leaves out the other world's values and evidence, and rows without a value in
// `world`; notes the world in the answer. WORLD_UNSPECIFIED changes nothing.
void KeepOneWorld(v1::World world, v1::ViewResult* result);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_ONE_WORLD_H_
