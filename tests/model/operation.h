// Operation: one thing that is done to, or asked of, the model and the engine.
#ifndef ANNALS_TESTS_MODEL_OPERATION_H_
#define ANNALS_TESTS_MODEL_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/log/append.h"
#include "engine/query/event_filter.h"
#include "engine/query/query_engine.h"

namespace annals::model {

// What is asked of an index.
struct Probe {
  MeasureRef measure;
  Key key;  // A prefix.
};

// A value. Which fields count depends on the kind.
struct Operation {
  enum class Kind {
    kAppend,        // append
    kAdvanceClock,  // micros; negative: the clock is set back
    kReopen,        // closes the store, opens it again and reads the whole log
    kCrash,         // the same with what a store that isn't closed leaves on disk
    kRebuild,       // timeline
    kAsOf,          // timeline, view, as_of, limit: how much evidence
    kWhy,           // timeline, view, key, as_of, limit: how many events a page
    kDiff,          // timeline, view, as_of, to
    kHistory,       // timeline, view, steps
    kTimeline,      // timeline, filter, as_of
    kIndex,         // timeline, probes, as_of, limit: of a page
  };

  Kind kind = Kind::kReopen;
  AppendRequest append;
  int64_t micros = 0;
  std::string timeline;
  std::string view;
  Key key;
  std::vector<Probe> probes;
  PinnedAsOf as_of;
  PinnedAsOf to;
  std::vector<PinnedAsOf> steps;
  EventFilter filter;
  size_t limit = 0;
};

// All that is needed to do it again by hand.
std::string Describe(const Operation& operation);
std::string Describe(const PinnedAsOf& as_of);
std::string Describe(const Probe& probe);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_OPERATION_H_
