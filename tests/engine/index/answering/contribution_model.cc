#include "tests/engine/index/answering/contribution_model.h"

#include <algorithm>
#include <tuple>

namespace annals::testing {
namespace {

Instant Coordinate(const v1::Bounds& bounds, WorldKind world) {
  return {world == WorldKind::kCertain ? bounds.latest() : bounds.earliest()};
}

std::vector<Statement> StatementsOf(const v1::Event& event) {
  Claim claim;
  if (!event.has_payload() || !event.payload().UnpackTo(&claim)) return {};
  return {claim.statements().begin(), claim.statements().end()};
}

}  // namespace

void ContributionModel::Add(v1::Event event) {
  event.set_position(events_.size() + 1);
  events_.push_back(std::move(event));
}

bool ContributionModel::IsKnownAndNotOut(const v1::Event& event, const Slice& slice) const {
  if (Coordinate(event.known_bounds(), slice.world) > slice.known) return false;
  for (const v1::Event& other : events_) {
    if (other.position() > slice.position.value) break;
    const auto& targets = other.correction().target_positions();
    if (std::find(targets.begin(), targets.end(), event.position()) == targets.end()) continue;
    if (IsKnownAndNotOut(other, slice)) return false;
  }
  return true;
}

std::vector<const v1::Event*> ContributionModel::Present(const Slice& slice) const {
  std::vector<const v1::Event*> present;
  for (const v1::Event& event : events_) {
    if (event.position() > slice.position.value) break;
    if (Coordinate(event.occurred_bounds(), slice.world) > slice.valid) continue;
    if (IsKnownAndNotOut(event, slice)) present.push_back(&event);
  }
  return present;
}

std::map<std::string, int64_t> ContributionModel::Sums(const Slice& slice) const {
  std::map<std::string, int64_t> sums;
  for (const v1::Event* event : Present(slice)) {
    for (const Statement& statement : StatementsOf(*event)) {
      if (statement.has_quantity()) sums[statement.key(0)] += statement.quantity().lower();
    }
  }
  return sums;
}

std::map<Key, std::pair<std::string, Position>> ContributionModel::Latest(
    const Slice& slice) const {
  std::map<Key, std::pair<std::string, Position>> latest;
  std::map<Key, std::tuple<Instant, Instant, uint64_t>> coordinates;
  for (const v1::Event* event : Present(slice)) {
    const auto candidate =
        std::make_tuple(Coordinate(event->occurred_bounds(), slice.world),
                        Coordinate(event->known_bounds(), slice.world), event->position());
    for (const Statement& statement : StatementsOf(*event)) {
      if (statement.what_case() != Statement::kText) continue;
      const Key key(statement.key().begin(), statement.key().end());
      const auto found = coordinates.find(key);
      if (found != coordinates.end() && found->second > candidate) continue;
      coordinates[key] = candidate;
      latest[key] = {statement.text(), Position{event->position()}};
    }
  }
  return latest;
}

std::map<std::string, std::map<std::string, std::set<Position>>> ContributionModel::Members(
    const Slice& slice) const {
  std::map<std::string, std::map<std::string, std::set<Position>>> members;
  for (const v1::Event* event : Present(slice)) {
    for (const Statement& statement : StatementsOf(*event)) {
      if (statement.what_case() != Statement::kMember) continue;
      members[statement.key(0)][statement.member()].insert({event->position()});
    }
  }
  return members;
}

std::set<Position> ContributionModel::Counters(const std::string& group, const Slice& slice) const {
  std::set<Position> counters;
  for (const v1::Event* event : Present(slice)) {
    for (const Statement& statement : StatementsOf(*event)) {
      if (!statement.has_quantity() || statement.key(0) != group) continue;
      counters.insert({event->position()});
    }
  }
  return counters;
}

}  // namespace annals::testing
