// MemberPresence: from which valid time on a member is in a set, as a function of
// known time.
//
//   MemberPresence presence;
//   presence.Add(occurred, known);
//   for (const PresencePoint& point : Difference(before, presence)) forest.Add(…);
//
// A member's contributions are there from their valid times on, each at the known
// times at which its event is in the world. The member is there at (valid, known)
// if any of them is, so what counts is the least of their valid times. Each known
// time at which that changes makes two points, and the number of distinct members
// becomes a sum over points, as a tally is.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_MEMBER_PRESENCE_H_
#define ANNALS_ENGINE_INDEX_MEASURE_MEMBER_PRESENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/instant.h"
#include "engine/index/admission.h"

namespace annals {

// A weight that counts at (v, k) if valid <= v and known <= k. The limits of time
// are coordinates like any other.
struct PresencePoint {
  Instant valid;
  Instant known;
  int64_t weight = 0;

  friend bool operator==(const PresencePoint&, const PresencePoint&) = default;
};

// A contribution in one world: its event is there at the known times at which
// `presence` is 1; it is 0 or 1 everywhere.
struct TimedPresence {
  Instant valid;
  KnownSteps presence;
};

// A value: a function of known time with finitely many steps, in one world.
class MemberPresence {
 public:
  // From `known` on, the member is there from `valid` on, or never if absent.
  struct Step {
    Instant known;
    std::optional<Instant> valid;

    friend bool operator==(const Step&, const Step&) = default;
  };

  // Never there.
  MemberPresence() = default;

  // With all contributions, corrected ones included. O(n log n) in their steps.
  static MemberPresence Of(absl::Span<const TimedPresence> contributions);

  // Adds a contribution that is there from `known` on and was never corrected.
  // True if that made a difference. O(steps).
  bool Add(Instant valid, Instant known);

  // Whether Add() of it would make no difference. O(steps) at worst.
  bool Covers(Instant valid, Instant known) const;

  // From when on the member is there, as of `known`; absent: never. O(log steps).
  std::optional<Instant> ValidFrom(Instant known) const;
  bool IsThere(Instant valid, Instant known) const;

  // Points that sum up to 1 where the member is there, and to 0 elsewhere.
  std::vector<PresencePoint> Points() const;

  // Ascending by known time, each unlike the one before. Before the first, the
  // member is never there.
  absl::Span<const Step> steps() const { return steps_; }

  friend bool operator==(const MemberPresence&, const MemberPresence&) = default;

 private:
  friend class PresenceReader;

  // The function goes on as `valid` from `known` on, which is after all steps.
  void Append(Instant known, std::optional<Instant> valid);

  absl::InlinedVector<Step, 1> steps_;  // Most members have one.
};

// The points to add to those of `before` so that they sum up to `after`. Ascending
// by (known, valid), each place once, none of no weight.
std::vector<PresencePoint> Difference(const MemberPresence& before, const MemberPresence& after);

// A member in both worlds.
struct MemberPresences {
  MemberPresence certain;
  MemberPresence possible;

  const MemberPresence& In(WorldKind world) const {
    return world == WorldKind::kCertain ? certain : possible;
  }
  MemberPresence& In(WorldKind world) { return world == WorldKind::kCertain ? certain : possible; }

  friend bool operator==(const MemberPresences&, const MemberPresences&) = default;
};

// Both in one value:
//
//   presences = head:varint step* [steps:varint step*]
//   step      = known valid:zigzag | 00 known
//
// `head` is twice the certain world's number of steps, and 1 if the possible world
// has others; without that, they are the same. The first `known` is a zigzag
// varint, each further one a varint of how much later it is; after 00, the member
// is never there. `valid` is how much later than `known` it is, in 64 bits.
std::string EncodePresences(const MemberPresences& presences);

// DATA_LOSS if the bytes are no such value.
absl::StatusOr<MemberPresences> DecodePresences(absl::string_view bytes);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_MEMBER_PRESENCE_H_
