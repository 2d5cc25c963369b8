// NaiveTimeline: what docs/semantics.md says, done in the most obvious way.
//
// It keeps a list of events and works every answer out of the whole list, so
// that it is plain to see that it is right. It shares the date parser with the
// engine (which has tests of its own), and nothing else that it checks.
#ifndef ANNALS_TESTS_MODEL_NAIVE_TIMELINE_H_
#define ANNALS_TESTS_MODEL_NAIVE_TIMELINE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/log/append.h"
#include "engine/time/edtf.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/value.pb.h"
#include "tests/model/claims.h"

namespace annals::model {

// An event that the timeline took in.
struct Fact {
  uint64_t position = 0;
  uint64_t revision = 0;
  Instant recorded_at;
  v1::Event stated;  // As the writer sent it.
  TimeBounds occurred;
  TimeBounds known;
  std::vector<uint64_t> corrects;  // The targets' positions, as listed.
  std::vector<Claim> claims;
};

// A value in one world, and the positions that it rests on.
struct Answer {
  std::optional<v1::Value> value;  // None if `is_beyond`.
  std::set<uint64_t> evidence;
  bool is_beyond = false;  // The sum leaves 64 bits: whoever asks for it gets an error.
};

// Who holds a register.
struct Holder {
  v1::Value value;
  uint64_t position = 0;
  Instant occurred;
  Instant known;
};

// A set's group: each member, and the positions that name it.
using Membership = std::map<std::string, std::set<uint64_t>>;

// Not thread-safe.
class NaiveTimeline {
 public:
  NaiveTimeline(std::string name, HomeZone zone, QualifierWidths widths)
      : name_(std::move(name)), zone_(std::move(zone)), widths_(widths) {}

  // What an append must be answered with. Where several things are wrong, the
  // contract doesn't say which is told: any of the codes will do.
  struct Verdict {
    std::set<absl::StatusCode> refusals;  // Empty: it is taken in.
    std::vector<Receipt> receipts;        // In the order of the request's events.
  };
  Verdict Append(const AppendRequest& request, Instant now);

  // The id that the store drew for an event that had none.
  void NameEvent(uint64_t position, const std::string& id);

  const std::string& name() const { return name_; }
  const HomeZone& zone() const { return zone_; }
  const std::vector<Fact>& facts() const { return facts_; }
  uint64_t head() const { return facts_.size(); }

  // The fact with this id; null if there is none.
  const Fact* Find(const std::string& id) const;
  uint64_t Revision(const std::string& stream) const;

  // The standing corrections of each event, by the events' positions, in the
  // slice's world: known there, and not themselves out. Their own valid time
  // plays no part.
  std::map<uint64_t, std::set<uint64_t>> Corrections(const Slice& slice) const;

  // The facts that the slice holds, in order of position. Valid until the next
  // Append.
  const std::vector<const Fact*>& Standing(const Slice& slice) const;

  // What a measure's claims in the slice come to.
  std::map<Key, Answer> Tally(const MeasureRef& measure, const Slice& slice) const;
  std::map<Key, Holder> Register(const MeasureRef& measure, const Slice& slice) const;
  std::map<Key, Membership> Set(const MeasureRef& measure, const Slice& slice) const;
  std::set<uint64_t> Contributors(const MeasureRef& measure, const Key& prefix,
                                  const std::optional<std::string>& member,
                                  const Slice& slice) const;

 private:
  // When an event without `published` could first be known, going by the sources
  // it cites, or by the source that it registers: nothing if none is dated.
  std::optional<TimeBounds> PublicationOfSources(const v1::Event& event) const;
  // The parts of Append. Each adds what it finds wrong to `refusals`.
  void CheckForm(const v1::Event& event, std::set<absl::StatusCode>* refusals) const;
  void Date(Fact* fact, std::set<absl::StatusCode>* refusals) const;
  void Aim(Fact* fact, std::set<absl::StatusCode>* refusals) const;
  TimeBounds Resolve(const std::string& edtf, std::set<absl::StatusCode>* refusals) const;

  const std::string name_;
  const HomeZone zone_;
  const QualifierWidths widths_;
  std::vector<Fact> facts_;  // The one at position p is facts_[p - 1].

  // What Standing said last of each world: one as-of is asked many things.
  struct Stood {
    WorldKind world;
    Instant valid;
    Instant known;
    Position position;
    std::vector<const Fact*> facts;
  };
  mutable std::vector<Stood> stood_;
};

// The coordinates that decide whether a fact is in a world.
Instant OccurredIn(const Fact& fact, WorldKind world);
Instant KnownIn(const Fact& fact, WorldKind world);

bool BeginsWith(const Key& key, const Key& prefix);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_NAIVE_TIMELINE_H_
