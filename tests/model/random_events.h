// Random events of the lighthouses domain, for a timeline as it stands.
#ifndef ANNALS_TESTS_MODEL_RANDOM_EVENTS_H_
#define ANNALS_TESTS_MODEL_RANDOM_EVENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/random.h"

namespace annals::model {

// The streams that chains and fans of corrections are made in.
inline constexpr char kChain[] = "revisions/chain";
inline constexpr char kFan[] = "revisions/fan";

// A coast and a lighthouse. One lighthouse has a third of everything, some have
// next to nothing, and some names are awkward.
Key RandomPlace(Random* random);

// Mostly the last weeks before `now`.
Instant RandomPast(Instant now, Random* random);

// An event without an id: a stream, a payload, dates, an asserter, citations of
// registered sources. Most are well formed; the dates of a few cross.
v1::Event RandomEvent(const NaiveTimeline& timeline, Instant now, Random* random);

// Registers one of a few sources, or registers it again.
v1::Event RandomSource(Instant now, Random* random);

// Makes `event` supersede or retract some of the timeline's events; none if
// there are none yet.
void AddCorrection(const NaiveTimeline& timeline, Random* random, v1::Event* event);

// Makes `event` the next of many corrections of one thing: each supersedes the
// last (a chain), or all supersede the first (a fan).
void AddToRevisions(const NaiveTimeline& timeline, Random* random, v1::Event* event);

// The ids of the events that may be corrected: all but those that create the
// timeline and register sources.
std::vector<std::string> Correctable(const NaiveTimeline& timeline);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_RANDOM_EVENTS_H_
