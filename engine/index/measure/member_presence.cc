#include "engine/index/measure/member_presence.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/index/forest/bits.h"

namespace annals {
namespace {

using forest::AppendVarint;
using forest::ByteReader;
using forest::UnZigZag;
using forest::ZigZag;

constexpr uint8_t kNever = 0;

// Never is later than any instant.
std::optional<Instant> Earlier(std::optional<Instant> a, Instant b) { return a && *a <= b ? a : b; }

// At `known`, one more (or one less) contribution is there from `valid` on.
struct Change {
  Instant known;
  Instant valid;
  int64_t more = 0;
};

std::vector<Change> ChangesOf(absl::Span<const TimedPresence> contributions) {
  std::vector<Change> changes;
  for (const TimedPresence& contribution : contributions) {
    int sum = 0;
    for (const KnownStep& step : contribution.presence) {
      const bool was_there = sum > 0;
      sum += step.change;
      if (was_there == (sum > 0)) continue;
      changes.push_back({step.known, contribution.valid, was_there ? -1 : 1});
    }
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.known < b.known; });
  return changes;
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the presence of a set's member ", what));
}

void AppendSteps(absl::Span<const MemberPresence::Step> steps, std::string* out) {
  uint64_t last = 0;
  for (const MemberPresence::Step& step : steps) {
    const auto known = static_cast<uint64_t>(step.known.micros);
    const bool is_first = &step == &steps.front();
    if (!step.valid) out->push_back(static_cast<char>(kNever));
    AppendVarint(is_first ? ZigZag(step.known.micros) : known - last, out);
    if (step.valid) {
      const uint64_t later = static_cast<uint64_t>(step.valid->micros) - known;
      AppendVarint(ZigZag(static_cast<int64_t>(later)), out);
    }
    last = known;
  }
}

}  // namespace

// Reads what EncodePresences wrote.
class PresenceReader {
 public:
  explicit PresenceReader(absl::string_view bytes) : in_(bytes) {}

  absl::StatusOr<MemberPresences> Read() {
    MemberPresences presences;
    const uint64_t head = in_.Varint();
    bool well_formed = ReadSteps(head / 2, &presences.certain);
    if (head % 2 == 0) {
      presences.possible = presences.certain;
    } else {
      well_formed = well_formed && ReadSteps(in_.Varint(), &presences.possible) &&
                    presences.possible != presences.certain;
    }
    if (!well_formed || !in_.ok()) return Damaged("has steps that aren't any");
    if (in_.remaining() != 0) return Damaged("is longer than its steps");
    return presences;
  }

 private:
  bool ReadSteps(uint64_t count, MemberPresence* presence) {
    // Each takes two bytes or more.
    if (count > in_.remaining() / 2) return false;
    for (uint64_t i = 0; i < count; ++i) {
      if (!ReadStep(presence)) return false;
    }
    return true;
  }

  bool ReadStep(MemberPresence* presence) {
    const bool is_first = presence->steps_.empty();
    // A first step is never one to never, so that zero is an instant there.
    const bool is_never = !is_first && in_.Peek() == kNever;
    if (is_never) in_.Byte();
    Instant known;
    if (is_first) {
      known.micros = UnZigZag(in_.Varint());
    } else {
      const uint64_t later = in_.Varint();
      const auto last = static_cast<uint64_t>(presence->steps_.back().known.micros);
      known.micros = static_cast<int64_t>(last + later);
      if (later == 0 || later > static_cast<uint64_t>(Instant::End().micros) - last) return false;
    }
    std::optional<Instant> valid;
    if (!is_never) {
      valid = Instant{static_cast<int64_t>(static_cast<uint64_t>(known.micros) +
                                           static_cast<uint64_t>(UnZigZag(in_.Varint())))};
    }
    if (!is_first && presence->steps_.back().valid == valid) return false;
    presence->Append(known, valid);
    return in_.ok();
  }

  ByteReader in_;
};

MemberPresence MemberPresence::Of(absl::Span<const TimedPresence> contributions) {
  const std::vector<Change> changes = ChangesOf(contributions);
  std::map<Instant, int64_t> there;  // How many contributions, by valid time.
  MemberPresence presence;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto found = there.try_emplace(changes[i].valid, 0).first;
    found->second += changes[i].more;
    if (found->second == 0) there.erase(found);
    if (i + 1 < changes.size() && changes[i + 1].known == changes[i].known) continue;
    presence.Append(changes[i].known,
                    there.empty() ? std::nullopt : std::optional<Instant>(there.begin()->first));
  }
  return presence;
}

void MemberPresence::Append(Instant known, std::optional<Instant> valid) {
  const std::optional<Instant> last = steps_.empty() ? std::nullopt : steps_.back().valid;
  if (valid != last) steps_.push_back({known, valid});
}

bool MemberPresence::Covers(Instant valid, Instant known) const {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (!step->valid || *step->valid > valid) return false;
    if (step->known <= known) return true;
  }
  return false;
}

bool MemberPresence::Add(Instant valid, Instant known) {
  if (Covers(valid, known)) return false;
  MemberPresence sum;
  auto step = steps_.begin();
  for (; step != steps_.end() && step->known < known; ++step) sum.Append(step->known, step->valid);
  if (step == steps_.end() || step->known > known) {
    const std::optional<Instant> before =
        sum.steps_.empty() ? std::nullopt : sum.steps_.back().valid;
    sum.Append(known, Earlier(before, valid));
  }
  for (; step != steps_.end(); ++step) sum.Append(step->known, Earlier(step->valid, valid));
  *this = std::move(sum);
  return true;
}

std::optional<Instant> MemberPresence::ValidFrom(Instant known) const {
  const auto after =
      std::upper_bound(steps_.begin(), steps_.end(), known,
                       [](Instant instant, const Step& step) { return instant < step.known; });
  return after == steps_.begin() ? std::nullopt : (after - 1)->valid;
}

bool MemberPresence::IsThere(Instant valid, Instant known) const {
  const std::optional<Instant> from = ValidFrom(known);
  return from && *from <= valid;
}

std::vector<PresencePoint> MemberPresence::Points() const {
  std::vector<PresencePoint> points;
  std::optional<Instant> last;
  for (const Step& step : steps_) {
    if (last) points.push_back({*last, step.known, -1});
    if (step.valid) points.push_back({*step.valid, step.known, 1});
    last = step.valid;
  }
  return points;
}

std::vector<PresencePoint> Difference(const MemberPresence& before, const MemberPresence& after) {
  std::vector<PresencePoint> points = after.Points();
  for (const PresencePoint& point : before.Points()) {
    points.push_back({point.valid, point.known, -point.weight});
  }
  std::sort(points.begin(), points.end(), [](const PresencePoint& a, const PresencePoint& b) {
    return std::tie(a.known, a.valid) < std::tie(b.known, b.valid);
  });
  std::vector<PresencePoint> difference;
  for (const PresencePoint& point : points) {
    const bool same_place = !difference.empty() && difference.back().known == point.known &&
                            difference.back().valid == point.valid;
    if (!same_place) {
      difference.push_back(point);
      continue;
    }
    difference.back().weight += point.weight;
    if (difference.back().weight == 0) difference.pop_back();
  }
  return difference;
}

std::string EncodePresences(const MemberPresences& presences) {
  const bool differ = presences.certain != presences.possible;
  std::string bytes;
  AppendVarint(2 * presences.certain.steps().size() + (differ ? 1 : 0), &bytes);
  AppendSteps(presences.certain.steps(), &bytes);
  if (differ) {
    AppendVarint(presences.possible.steps().size(), &bytes);
    AppendSteps(presences.possible.steps(), &bytes);
  }
  return bytes;
}

absl::StatusOr<MemberPresences> DecodePresences(absl::string_view bytes) {
  return PresenceReader(bytes).Read();
}

}  // namespace annals
