// Domain: all that the engine is told of a field of history.
#ifndef ANNALS_ENGINE_QUERY_DOMAIN_H_
#define ANNALS_ENGINE_QUERY_DOMAIN_H_

#include <string>
#include <vector>

#include "engine/index/projection.h"
#include "engine/query/view.h"
#include "google/protobuf/descriptor.h"

namespace annals {

// Event types, projections and views that belong together. A timeline names its
// domain when it is created; the domain named "" serves every timeline.
struct Domain {
  std::string name;
  std::string description;
  std::vector<const google::protobuf::Descriptor*> types;
  std::vector<Projection> projections;
  std::vector<View> views;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_DOMAIN_H_
