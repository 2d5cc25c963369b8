#include "engine/index/admission.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/status.h"

namespace annals {
namespace {

// An event that bears on the answer.
struct Member {
  TimeBounds known;
  std::vector<Position> correctors;
  size_t users = 0;  // How many members it corrects.
};

// From the last event to the first, since correctors come after their targets.
using Members = std::map<Position, Member, std::greater<Position>>;

// At which of a list of instants something is the case: a bit for each.
using Bits = std::vector<uint64_t>;
constexpr size_t kWordBits = 64;

bool Has(const Bits& bits, size_t i) { return (bits[i / kWordBits] >> i % kWordBits & 1) != 0; }

Bits AllFrom(size_t first, size_t count) {
  Bits bits((count + kWordBits - 1) / kWordBits, ~uint64_t{0});
  std::fill(bits.begin(), bits.begin() + first / kWordBits, 0);
  if (first < count) bits[first / kWordBits] &= ~uint64_t{0} << first % kWordBits;
  return bits;
}

void Remove(const Bits& removed, Bits* bits) {
  for (size_t i = 0; i < bits->size(); ++i) (*bits)[i] &= ~removed[i];
}

// When a member is in a world, before and after the correction at hand arrived.
// It is let go when its last user has seen it, so that a long chain of
// corrections doesn't keep a function for each link.
struct Presences {
  Bits before;
  Bits after;
  size_t users = 0;
};

// The instants at which anything becomes known, in order, none before `from`.
std::vector<Instant> KnownInstants(const Members& members, WorldKind world, Instant from) {
  std::vector<Instant> instants;
  for (const auto& [position, member] : members) {
    instants.push_back(std::max(from, CoordinateIn(world, member.known)));
  }
  std::sort(instants.begin(), instants.end());
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  return instants;
}

// The steps of a function that has the value `at(i)` from instants[i] on.
template <typename Function>
KnownSteps StepsOf(const std::vector<Instant>& instants, Function at) {
  KnownSteps steps;
  int last = 0;
  for (size_t i = 0; i < instants.size(); ++i) {
    const int value = at(i);
    if (value != last) steps.push_back({instants[i], value - last});
    last = value;
  }
  return steps;
}

// Adds all that corrects the members, directly or not.
absl::Status AddCorrectors(const CorrectionGraph& graph, Position up_to, Members* members) {
  std::vector<Position> pending;
  for (const auto& [position, member] : *members) pending.push_back(position);
  while (!pending.empty()) {
    const Position target = pending.back();
    pending.pop_back();
    ANNALS_ASSIGN_OR_RETURN(const std::vector<CorrectionGraph::Corrector> correctors,
                            graph.Correctors(target, up_to));
    for (const CorrectionGraph::Corrector& corrector : correctors) {
      (*members)[target].correctors.push_back(corrector.position);
      const auto [found, is_new] = members->try_emplace(corrector.position);
      ++found->second.users;
      if (!is_new) continue;
      found->second.known = corrector.known;
      pending.push_back(corrector.position);
    }
  }
  return absl::OkStatus();
}

// Calls `visit` with each member's presences at the instants, from the last
// member to the first. Before the correction at hand arrived, `arriving` wasn't
// there.
template <typename Visit>
void Evaluate(const Members& members, WorldKind world, const std::vector<Instant>& instants,
              Position arriving, Visit visit) {
  std::map<Position, Presences> presences;
  for (const auto& [position, member] : members) {
    const size_t first =
        std::lower_bound(instants.begin(), instants.end(), CoordinateIn(world, member.known)) -
        instants.begin();
    Presences own;
    own.after = AllFrom(first, instants.size());
    own.before = position == arriving ? Bits(own.after.size()) : own.after;
    own.users = member.users;
    for (const Position position_of_corrector : member.correctors) {
      const auto corrector = presences.find(position_of_corrector);
      Remove(corrector->second.before, &own.before);
      Remove(corrector->second.after, &own.after);
      if (--corrector->second.users == 0) presences.erase(corrector);
    }
    visit(position, own);
    if (own.users > 0) presences.emplace(position, std::move(own));
  }
}

// The events that `corrector` corrects, directly or not.
absl::StatusOr<Members> Corrected(const CorrectionGraph& graph,
                                  const CorrectionGraph::Node& corrector) {
  Members members;
  std::vector<Position> pending = corrector.targets;
  while (!pending.empty()) {
    const Position target = pending.back();
    pending.pop_back();
    const auto [found, is_new] = members.try_emplace(target);
    if (!is_new) continue;
    ANNALS_ASSIGN_OR_RETURN(const CorrectionGraph::Node node, graph.Find(target));
    found->second.known = node.known;
    pending.insert(pending.end(), node.targets.begin(), node.targets.end());
  }
  return members;
}

}  // namespace

int ValueAt(const KnownSteps& steps, Instant known) {
  int value = 0;
  for (const KnownStep& step : steps) {
    if (step.known > known) break;
    value += step.change;
  }
  return value;
}

KnownSteps SumOf(const KnownSteps& a, const KnownSteps& b) {
  KnownSteps merged;
  merged.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(merged),
             [](const KnownStep& x, const KnownStep& y) { return x.known < y.known; });
  KnownSteps sum;
  for (const KnownStep& step : merged) {
    if (!sum.empty() && sum.back().known == step.known) {
      sum.back().change += step.change;
    } else {
      if (!sum.empty() && sum.back().change == 0) sum.pop_back();
      sum.push_back(step);
    }
  }
  if (!sum.empty() && sum.back().change == 0) sum.pop_back();
  return sum;
}

Instant CoordinateIn(WorldKind world, const TimeBounds& bounds) {
  return world == WorldKind::kCertain ? bounds.latest : bounds.earliest;
}

absl::StatusOr<WorldSteps> Presence(const CorrectionGraph& graph, Position event, Position up_to) {
  ANNALS_ASSIGN_OR_RETURN(const CorrectionGraph::Node node, graph.Find(event));
  Members members;
  members[event].known = node.known;
  ANNALS_RETURN_IF_ERROR(AddCorrectors(graph, up_to, &members));
  WorldSteps steps;
  for (const WorldKind world : kWorlds) {
    const std::vector<Instant> instants = KnownInstants(members, world, Instant::Beginning());
    Evaluate(members, world, instants, event, [&](Position position, const Presences& presences) {
      if (position != event) return;
      steps.In(world) = StepsOf(instants, [&](size_t i) { return Has(presences.after, i); });
    });
  }
  return steps;
}

// 1. Collect the events that `corrector` corrects, directly or not: only their
//    presence can change.
// 2. Add all that corrects those: their presence depends on it.
// 3. In each world, evaluate from the last to the first, with and without
//    `corrector`, and only from when it is known: before that, nothing changes.
//    In a chain of corrections in the order in which they became known, that is
//    a single instant, however long the chain.
absl::StatusOr<std::vector<PresenceChange>> PresenceChanges(const CorrectionGraph& graph,
                                                            Position corrector) {
  ANNALS_ASSIGN_OR_RETURN(const CorrectionGraph::Node arriving, graph.Find(corrector));
  ANNALS_ASSIGN_OR_RETURN(Members members, Corrected(graph, arriving));
  std::map<Position, WorldSteps> steps;
  for (const auto& [position, member] : members) steps[position];
  ANNALS_RETURN_IF_ERROR(AddCorrectors(graph, corrector, &members));

  for (const WorldKind world : kWorlds) {
    const std::vector<Instant> instants =
        KnownInstants(members, world, CoordinateIn(world, arriving.known));
    Evaluate(members, world, instants, corrector,
             [&](Position position, const Presences& presences) {
               const auto found = steps.find(position);
               if (found == steps.end()) return;
               found->second.In(world) = StepsOf(instants, [&](size_t i) {
                 return Has(presences.after, i) - Has(presences.before, i);
               });
             });
  }
  std::vector<PresenceChange> changes;
  for (auto& [position, change] : steps) {
    if (!change.empty()) changes.push_back({position, std::move(change)});
  }
  return changes;
}

}  // namespace annals
