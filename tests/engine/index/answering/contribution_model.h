// ContributionModel: the answers of a TemporalIndex, recomputed from the events
// by the words of docs/semantics.md, without any cleverness.
#ifndef ANNALS_TESTS_ENGINE_INDEX_ANSWERING_CONTRIBUTION_MODEL_H_
#define ANNALS_TESTS_ENGINE_INDEX_ANSWERING_CONTRIBUTION_MODEL_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/index/temporal_index.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/engine/index/claims.h"

namespace annals::testing {

class ContributionModel {
 public:
  void Add(v1::Event event);
  Position head() const { return {events_.size()}; }

  // By group: the sum of the lower limits, which the events always state.
  std::map<std::string, int64_t> Sums(const Slice& slice) const;
  // By (place, topic): the text, and the position of who states it.
  std::map<Key, std::pair<std::string, Position>> Latest(const Slice& slice) const;
  // By group: the members, and for each the positions of who states it.
  std::map<std::string, std::map<std::string, std::set<Position>>> Members(
      const Slice& slice) const;
  // Who states a count of the group.
  std::set<Position> Counters(const std::string& group, const Slice& slice) const;

 private:
  bool IsKnownAndNotOut(const v1::Event& event, const Slice& slice) const;
  // The events in the slice, by position.
  std::vector<const v1::Event*> Present(const Slice& slice) const;

  std::vector<v1::Event> events_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_INDEX_ANSWERING_CONTRIBUTION_MODEL_H_
