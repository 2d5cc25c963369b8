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

// What a timeline's writers are given to. The defaults are the usual.
struct Temper {
  uint64_t beacon_percent = 33;      // Of everything: one lighthouse's share.
  uint64_t names = 80;               // Of other lighthouses, about.
  uint64_t correcting_percent = 25;  // Of events.
  uint64_t revisions_percent = 14;   // Of changes: links of chains and fans.
  uint64_t huge_percent = 0;         // Of quantities: near the ends of 64 bits.
};

// Some have a crowd at one lighthouse, some hardly two events at the same, some do
// little but correct, and some count beyond reason.
Temper RandomTemper(Random* random);
std::string Describe(const Temper& temper);

// A coast and a lighthouse. One lighthouse has much of everything, some have next
// to nothing, and some names are awkward.
Key RandomPlace(const Temper& temper, Random* random);

// Mostly the last weeks before `now`.
Instant RandomPast(Instant now, Random* random);

// An event without an id: a stream, a payload, dates, an asserter, citations of
// registered sources. Most are well formed; the dates of a few cross.
v1::Event RandomEvent(const NaiveTimeline& timeline, const Temper& temper, Instant now,
                      Random* random);

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
