#include "tests/model/generator.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/model/random_dates.h"
#include "tests/model/random_events.h"
#include "tests/testing/lighthouses/lighthouses.h"

namespace annals::model {
namespace {

using Kind = Operation::Kind;

constexpr int64_t kMicrosASecond = 1000000;
// What one as-of is asked of the index: the model's work is much the same for one
// thing and for many.
constexpr size_t kProbes = 16;

constexpr int64_t kMicrosADay = 86400 * kMicrosASecond;

// Every view, and how many elements its keys have.
struct ViewShape {
  std::string name;
  size_t key_length;
};

const std::vector<ViewShape>& Views() {
  static const auto* const kViews =
      new std::vector<ViewShape>{{"visitors", 2}, {"coasts", 1},  {"keepers", 1}, {"lamps", 2},
                                 {"ships", 3},    {"traffic", 2}, {"beacon", 1}};
  return *kViews;
}

}  // namespace

Operation Generator::Next(const NaiveTimeline& timeline, Instant now) {
  return random_.Percent(55) ? Change(timeline, now) : Question(timeline, now);
}

Operation Generator::Change(const NaiveTimeline& timeline, Instant now) {
  Operation operation = {.kind = Kind::kAppend, .timeline = timeline.name()};
  const uint64_t choice = random_.Below(1000);
  const uint64_t batches = 680 - temper_.revisions_percent * 10;
  if (choice < batches) {
    operation.append = Batch(timeline, now);
  } else if (choice < 680) {
    operation.append = Revision(timeline, now);
  } else if (choice < 740) {
    operation.append = Repetition(timeline, now);
  } else if (choice < 840) {
    operation.append = Fault(timeline, now);
  } else if (choice < 965) {
    operation.kind = Kind::kAdvanceClock;
    operation.micros = random_.Percent(50) ? random_.Between(1, 5)
                                           : random_.Between(-kMicrosADay / 24, kMicrosADay);
  } else {
    operation.kind = choice < 978 ? Kind::kReopen : choice < 991 ? Kind::kCrash : Kind::kRebuild;
  }
  return operation;
}

v1::Event Generator::Any(const NaiveTimeline& timeline, Instant now) {
  return RandomEvent(timeline, temper_, now, &random_);
}

v1::Event Generator::Named(v1::Event event) {
  if (random_.Percent(92)) event.set_id(absl::StrCat("e", next_id_++));
  return event;
}

AppendRequest Generator::Batch(const NaiveTimeline& timeline, Instant now) {
  AppendRequest request = {.timeline = timeline.name()};
  const int64_t events = random_.Percent(75) ? 1 : random_.Between(2, 6);
  for (int64_t i = 0; i < events; ++i) {
    if (random_.Percent(5)) {
      request.events.push_back(Named(RandomSource(now, &random_)));
      continue;
    }
    v1::Event event = Any(timeline, now);
    if (random_.Percent(temper_.correcting_percent)) AddCorrection(timeline, &random_, &event);
    request.events.push_back(Named(std::move(event)));
  }
  v1::Event& last = request.events.back();
  if (events > 1 && !request.events.front().id().empty() && random_.Percent(25)) {
    // Corrects what the same batch brings.
    v1::Correction* correction = last.mutable_correction();
    correction->clear_targets();
    correction->add_targets(request.events.front().id());
    correction->set_kind(v1::Correction::SUPERSEDES);
    correction->set_reason("written twice");
    correction->set_editor("keepers");
    if (!last.has_payload()) correction->set_kind(v1::Correction::RETRACTS);
  }
  if (events == 1 && random_.Percent(15)) {
    const uint64_t revision = timeline.Revision(last.stream());
    request.expected = ExpectedRevision::Exactly(revision);
    if (revision > 0 && random_.Percent(50)) request.expected = ExpectedRevision::Exists();
  }
  return request;
}

AppendRequest Generator::Revision(const NaiveTimeline& timeline, Instant now) {
  AppendRequest request = {.timeline = timeline.name()};
  v1::Event event = Any(timeline, now);
  AddToRevisions(timeline, &random_, &event);
  event.set_id(absl::StrCat("e", next_id_++));
  request.events.push_back(std::move(event));
  return request;
}

AppendRequest Generator::Repetition(const NaiveTimeline& timeline, Instant now) {
  std::vector<v1::Event> known;  // An event that got its id from the store can't be repeated.
  for (const Fact& fact : timeline.facts()) {
    if (absl::StartsWith(fact.stated.id(), "e")) known.push_back(fact.stated);
  }
  AppendRequest request = {.timeline = timeline.name()};
  if (known.empty() || random_.Percent(30)) {
    v1::Event event = Any(timeline, now);
    event.set_id(absl::StrCat("e", next_id_++));
    request.events = {event, event};
  }
  if (known.empty()) return request;
  for (int64_t i = random_.Between(0, 2); i >= 0; --i) {
    request.events.push_back(random_.Pick(known));
  }
  if (request.events.size() == 1 && random_.Percent(50)) {
    // Whoever repeats a request repeats what it expected, and that has passed.
    request.expected = ExpectedRevision::None();
  }
  return request;
}

AppendRequest Generator::Fault(const NaiveTimeline& timeline, Instant now) {
  AppendRequest request = {.timeline = timeline.name()};
  for (int64_t i = random_.Between(0, 2); i > 0; --i) {
    request.events.push_back(Named(Any(timeline, now)));
  }
  const uint64_t choice = random_.Below(10);
  if (choice == 0) request.timeline = "nowhere";
  if (choice <= 2) {
    request.events.push_back(Named(Any(timeline, now)));
    if (choice == 0) return request;
    const uint64_t revision = timeline.Revision(request.events.back().stream());
    request.expected = ExpectedRevision::Exactly(revision + random_.Between(1, 2));
    if (choice == 2 && revision > 0) request.expected = ExpectedRevision::None();
    return request;
  }
  const int64_t place = random_.Between(0, static_cast<int64_t>(request.events.size()));
  request.events.insert(request.events.begin() + place, Faulty(timeline, now));
  return request;
}

v1::Event Generator::Faulty(const NaiveTimeline& timeline, Instant now) {
  v1::Event event = Any(timeline, now);
  AddCorrection(timeline, &random_, &event);
  event.set_id(absl::StrCat("e", next_id_++));
  v1::Correction* correction = event.mutable_correction();
  switch (random_.Below(9)) {
    case 0:
      correction->add_targets("never-told");
      break;
    case 1:
      correction->add_targets(event.id());  // Itself.
      break;
    case 2:
      if (correction->targets_size() > 0) correction->add_targets(correction->targets(0));
      break;
    case 3:
      random_.Percent(50) ? correction->clear_reason() : correction->clear_editor();
      break;
    case 4:
      random_.Percent(50) ? correction->clear_kind() : correction->clear_targets();
      break;
    case 5:
      event.add_citations()->set_source("S99");
      break;
    case 6:
      random_.Percent(50) ? event.set_occurred(RandomNonsense(&random_))
                          : event.set_published(RandomNonsense(&random_));
      break;
    case 7:
      event.clear_correction();
      event.clear_payload();
      if (random_.Percent(50)) event.mutable_payload()->PackFrom(v1::Quantity());
      break;
    default:
      event.set_id(random_.Pick(timeline.facts()).stated.id());
  }
  return event;
}

Operation Generator::Question(const NaiveTimeline& timeline, Instant now) {
  Operation operation = {.timeline = timeline.name()};
  const uint64_t choice = random_.Below(100);
  operation.kind = choice < 52   ? Kind::kAsOf
                   : choice < 68 ? Kind::kWhy
                   : choice < 76 ? Kind::kDiff
                   : choice < 80 ? Kind::kHistory
                   : choice < 84 ? Kind::kTimeline
                                 : Kind::kIndex;
  Ask(&operation, timeline, now);
  return operation;
}

void Generator::Ask(Operation* operation, const NaiveTimeline& timeline, Instant now) {
  const ViewShape& view = random_.Pick(Views());
  operation->view = view.name;
  operation->as_of = AsOf(timeline, now);
  operation->to = AsOf(timeline, now);
  operation->limit = random_.Percent(70) ? 1000000 : random_.Between(1, 12);
  switch (operation->kind) {
    case Kind::kWhy:
      operation->key = RandomPlace(temper_, &random_);
      if (view.key_length == 1 && view.name != "coasts") {
        operation->key.erase(operation->key.begin());
      }
      operation->key.resize(std::min<size_t>(view.key_length, operation->key.size()));
      if (random_.Percent(10)) operation->key.pop_back();
      break;
    case Kind::kHistory:
      for (int64_t i = random_.Between(0, 4); i > 0; --i) {
        operation->steps.push_back(AsOf(timeline, now));
      }
      break;
    case Kind::kTimeline:
      operation->filter = Filter(now);
      break;
    case Kind::kIndex:
      // The pages of as many questions: each begins anew.
      if (random_.Percent(60)) operation->limit = 1000000;
      for (size_t i = 0; i < kProbes; ++i) operation->probes.push_back(RandomProbe());
      break;
    default:
      break;
  }
}

Probe Generator::RandomProbe() {
  static const auto* const kMeasures = new std::vector<MeasureRef>{
      testing::VisitorsMeasure(), testing::NationsMeasure(), testing::KeeperMeasure(),
      testing::LampMeasure(),     testing::RangeMeasure(),   testing::TendedMeasure(),
      testing::ShipsMeasure()};
  Probe probe = {random_.Pick(*kMeasures), RandomPlace(temper_, &random_)};
  const std::string& measure = probe.measure.measure;
  if (measure == "keeper" || measure == "tended") probe.key.erase(probe.key.begin());
  if (measure == "nations") probe.key.pop_back();
  probe.key.resize(random_.Below(probe.key.size() + 1));
  return probe;
}

EventFilter Generator::Filter(Instant now) {
  EventFilter filter;
  if (random_.Percent(40)) filter.from = RandomPast(now, &random_);
  if (random_.Percent(40)) filter.to = RandomPast(now, &random_);
  if (random_.Percent(25)) filter.type = "KeeperAppointed";
  if (random_.Percent(15)) filter.type = "lighthouses.v1.ShipsSighted";
  if (random_.Percent(25)) filter.stream = random_.Percent(50) ? kChain : "lighthouse/";
  if (random_.Percent(15)) filter.asserter = "keepers";
  if (random_.Percent(15)) filter.source = "S1";
  return filter;
}

PinnedAsOf Generator::AsOf(const NaiveTimeline& timeline, Instant now) {
  PinnedAsOf as_of = {.valid = Coordinate(timeline, now, false),
                      .known = Coordinate(timeline, now, true),
                      .position = {timeline.head()}};
  if (random_.Percent(25)) {
    as_of.position = {random_.Below(timeline.head() + 1)};
  } else if (random_.Percent(25)) {
    as_of.position.value -= random_.Below(std::min<uint64_t>(timeline.head(), 10));
  }
  return as_of;
}

Instant Generator::Coordinate(const NaiveTimeline& timeline, Instant now, bool known) {
  const uint64_t choice = random_.Below(100);
  if (choice < 12) return now;
  if (choice < 15) return Instant::End();
  if (choice < 16) return Instant::Beginning();
  if (choice < 28) return RandomPast(now, &random_);
  const Fact& fact = random_.Pick(timeline.facts());
  // Now and then the other axis: what is known must not leak into what is valid.
  const TimeBounds& bounds = known != random_.Percent(10) ? fact.known : fact.occurred;
  const Instant bound = random_.Percent(50) ? bounds.earliest : bounds.latest;
  if (bound.IsOpen()) return bound;
  return {bound.micros + random_.Between(-1, 1)};
}

}  // namespace annals::model
