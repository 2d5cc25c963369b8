// The questions of the query engine, asked of a store and of the model.
#ifndef ANNALS_TESTS_MODEL_COMPARE_ANSWERS_H_
#define ANNALS_TESTS_MODEL_COMPARE_ANSWERS_H_

#include <string>

#include "engine/base/instant.h"
#include "engine/query/query_engine.h"
#include "engine/query/view.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/operation.h"

namespace annals::model {

// Each returns what differs, for a person to read; "" if nothing does. The
// operation must be of the function's kind, and `view` the one it names.
std::string CompareAsOf(const QueryEngine& engine, const NaiveTimeline& timeline,
                        const Operation& question, const View& view);
std::string CompareWhy(const QueryEngine& engine, const NaiveTimeline& timeline,
                       const Operation& question, const View& view);
std::string CompareDiff(const QueryEngine& engine, const NaiveTimeline& timeline,
                        const Operation& question, const View& view);
std::string CompareHistory(const QueryEngine& engine, const NaiveTimeline& timeline,
                           const Operation& question, const View& view);
std::string CompareTimeline(const QueryEngine& engine, const NaiveTimeline& timeline,
                            const Operation& question);

// What Pin makes of a question that leaves things out, `now` being the clock's.
std::string ComparePin(const QueryEngine& engine, const NaiveTimeline& timeline, Instant now);

// The event as the store must give it back.
v1::Event Recorded(const Fact& fact, const NaiveTimeline& timeline);

// The event without what the contract leaves open: whether the timeline's name
// is filled in. As text.
std::string EventText(v1::Event event);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_COMPARE_ANSWERS_H_
