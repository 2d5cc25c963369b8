#include "tests/model/random_events.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/model/random_dates.h"
#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::model {
namespace {

constexpr int64_t kMicrosADay = int64_t{86400} * 1000000;

// With both signs, so that sums leave 64 bits and come back.
v1::Quantity HugeQuantity(Random* random) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const int64_t little = random->Between(0, 2);
  const std::vector<int64_t> ends = {kLeast + little, kLeast / 2 + little, kMost / 2 - little,
                                     kMost - little};
  const int64_t lower = random->Pick(ends);
  v1::Quantity quantity;
  quantity.set_lower(lower);
  quantity.set_upper(random->Percent(80) ? lower : std::max(lower, random->Pick(ends)));
  return quantity;
}

v1::Quantity RandomQuantity(const Temper& temper, Random* random) {
  if (random->Percent(temper.huge_percent)) return HugeQuantity(random);
  v1::Quantity quantity;
  const int64_t lower = random->Between(-3, 40);
  const uint64_t form = random->Below(100);
  if (form < 92) quantity.set_lower(lower);
  if (form < 70) quantity.set_upper(lower);
  if (form >= 70 && form < 80) quantity.set_upper(lower + random->Between(1, 9));
  if (form >= 92 && form < 97) quantity.set_upper(lower);
  return quantity;
}

// From a few names to many: the more there are, the more groups have one member.
std::string RandomName(const char* what, uint64_t names, Random* random) {
  return absl::StrCat(what, "-", random->Below(1 + random->Below(names)));
}

void AddVisitors(const Key& place, const Temper& temper, Random* random, v1::Event* event) {
  lighthouses::v1::VisitorsCame visit;
  visit.set_coast(place[0]);
  visit.set_lighthouse(place[1]);
  for (int64_t i = random->Between(0, 2); i >= 0; --i) {
    *visit.add_parties() = RandomQuantity(temper, random);
  }
  for (int64_t i = random->Between(0, 2); i > 0; --i) {
    visit.add_nations(RandomName("nation", 30, random));
  }
  event->mutable_payload()->PackFrom(visit);
}

void AddLamp(const Key& place, const Temper& temper, Random* random, v1::Event* event) {
  lighthouses::v1::LampTended tended;
  tended.set_coast(place[0]);
  tended.set_lighthouse(place[1]);
  for (int64_t i = random->Between(0, 2); i > 0; --i) tended.add_lit(random->Percent(50));
  if (random->Percent(50)) *tended.mutable_range_miles() = RandomQuantity(temper, random);
  event->mutable_payload()->PackFrom(tended);
}

void AddPayload(const Temper& temper, Random* random, v1::Event* event) {
  const Key place = RandomPlace(temper, random);
  event->set_stream(absl::StrCat("lighthouse/", random->Below(12)));
  const uint64_t type = random->Below(10);
  if (type < 3) return AddVisitors(place, temper, random, event);
  if (type < 5) return AddLamp(place, temper, random, event);
  if (type < 7) {
    lighthouses::v1::KeeperAppointed appointed;
    appointed.set_lighthouse(place[1]);
    appointed.set_keeper(RandomName("keeper", 200, random));
    event->mutable_payload()->PackFrom(appointed);
    return;
  }
  lighthouses::v1::ShipsSighted sighted;
  sighted.set_coast(place[0]);
  sighted.set_lighthouse(place[1]);
  for (int64_t i = random->Between(0, 3); i > 0; --i) {
    sighted.add_ships(RandomName("ship", 60, random));
  }
  event->mutable_payload()->PackFrom(sighted);
}

void AddCitations(const NaiveTimeline& timeline, Random* random, v1::Event* event) {
  std::set<std::string> sources;
  for (const Fact& fact : timeline.facts()) {
    v1::SourceRegistered source;
    if (fact.stated.payload().UnpackTo(&source)) sources.insert(source.source());
  }
  for (const std::string& source : sources) {
    if (!random->Percent(30)) continue;
    v1::Citation* citation = event->add_citations();
    citation->set_source(source);
    citation->set_locator(absl::StrCat("page ", random->Between(1, 9)));
  }
}

void AddDates(Instant now, Random* random, v1::Event* event) {
  Instant occurred = RandomPast(now, random);
  const bool cited = event->citations_size() > 0;
  if (cited) occurred.micros -= 20 * kMicrosADay;  // Most sources are younger.
  if (random->Percent(88)) event->set_occurred(RandomDate(occurred, random));
  if (!random->Percent(cited ? 25 : 55)) return;
  const int64_t later = random->Percent(30) ? 0 : random->Between(0, 15) * kMicrosADay;
  const Instant published = {std::min(occurred.micros + later, now.micros)};
  event->set_published(RandomDate(published, random));
}

// Most often something recent, now and then anything.
const std::string& PickTarget(const std::vector<std::string>& ids, Random* random) {
  if (random->Percent(40)) return random->Pick(ids);
  const size_t recent = std::min<size_t>(ids.size(), 12);
  return ids[ids.size() - 1 - random->Below(recent)];
}

void State(v1::Correction::Kind kind, v1::Event* event) {
  v1::Correction* correction = event->mutable_correction();
  correction->set_kind(kind);
  correction->set_reason("the logbook was misread");
  correction->set_editor("harbour-office");
  if (kind == v1::Correction::RETRACTS) event->clear_payload();
}

}  // namespace

Temper RandomTemper(Random* random) {
  Temper temper;
  switch (random->Below(5)) {
    case 0:
      temper.beacon_percent = 85;
      break;
    case 1:
      temper.beacon_percent = 5;
      temper.names = 3000;
      break;
    case 2:
      temper.correcting_percent = 80;
      temper.revisions_percent = 40;
      break;
    case 3:
      temper.huge_percent = static_cast<uint64_t>(random->Between(1, 5));
      break;
    default:
      break;
  }
  return temper;
}

std::string Describe(const Temper& temper) {
  return absl::StrCat("beacon ", temper.beacon_percent, " %, names ", temper.names, ", correcting ",
                      temper.correcting_percent, " %, revisions ", temper.revisions_percent,
                      " %, huge ", temper.huge_percent, " %");
}

Key RandomPlace(const Temper& temper, Random* random) {
  static const auto* const kCoasts =
      new std::vector<std::string>{"west", "we", "west coast", "", "wést", std::string("w\0e", 3)};
  static const auto* const kLighthouses = new std::vector<std::string>{
      testing::kBeacon, "fast", "fastnet rock", "Ålesund", std::string("\0", 1), "\x01"};
  if (random->Percent(temper.beacon_percent)) return {testing::kBeaconCoast, testing::kBeacon};
  const std::string coast = random->Pick(*kCoasts);
  if (random->Percent(40)) return {coast, random->Pick(*kLighthouses)};
  return {coast, RandomName("rock", temper.names, random)};
}

Instant RandomPast(Instant now, Random* random) {
  const uint64_t when = random->Below(100);
  int64_t days = random->Between(0, 30);
  if (when < 10) days = random->Between(0, 500);
  if (when >= 97) days = -random->Between(1, 30);
  return {now.micros - days * kMicrosADay - random->Between(0, kMicrosADay / 4)};
}

v1::Event RandomEvent(const NaiveTimeline& timeline, const Temper& temper, Instant now,
                      Random* random) {
  static const auto* const kAsserters =
      new std::vector<std::string>{"", "keepers", "harbour-office"};
  v1::Event event;
  AddPayload(temper, random, &event);
  if (random->Percent(25)) AddCitations(timeline, random, &event);
  AddDates(now, random, &event);
  event.set_asserter(random->Pick(*kAsserters));
  return event;
}

v1::Event RandomSource(Instant now, Random* random) {
  v1::SourceRegistered source;
  source.set_source(absl::StrCat("S", random->Below(6)));
  source.set_title("The logbook of a lighthouse");
  if (random->Percent(75)) source.set_published(RandomDate(RandomPast(now, random), random));
  v1::Event event;
  event.set_stream("source/" + source.source());
  event.mutable_payload()->PackFrom(source);
  return event;
}

std::vector<std::string> Correctable(const NaiveTimeline& timeline) {
  std::vector<std::string> ids;
  for (const Fact& fact : timeline.facts()) {
    const std::string& stream = fact.stated.stream();
    if (stream != "timeline" && !absl::StartsWith(stream, "source/")) {
      ids.push_back(fact.stated.id());
    }
  }
  return ids;
}

void AddCorrection(const NaiveTimeline& timeline, Random* random, v1::Event* event) {
  const std::vector<std::string> ids = Correctable(timeline);
  if (ids.empty()) return;
  std::vector<std::string> targets;  // In random order, none twice.
  for (int64_t i = random->Percent(75) ? 1 : random->Between(2, 5); i > 0; --i) {
    const std::string& target = PickTarget(ids, random);
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
      targets.push_back(target);
    }
  }
  State(random->Percent(60) ? v1::Correction::SUPERSEDES : v1::Correction::RETRACTS, event);
  for (const std::string& target : targets) event->mutable_correction()->add_targets(target);
}

void AddToRevisions(const NaiveTimeline& timeline, Random* random, v1::Event* event) {
  const bool chain = random->Percent(60);
  std::vector<std::string> links;
  for (const Fact& fact : timeline.facts()) {
    if (fact.stated.stream() == (chain ? kChain : kFan)) links.push_back(fact.stated.id());
  }
  event->set_stream(chain ? kChain : kFan);
  if (links.empty()) return;
  State(v1::Correction::SUPERSEDES, event);
  event->mutable_correction()->add_targets(chain ? links.back() : links.front());
  if (chain && links.size() > 1 && random->Percent(30)) {
    // Otherwise the link before the last would come back.
    event->mutable_correction()->add_targets(links[links.size() - 2]);
  }
}

}  // namespace annals::model
