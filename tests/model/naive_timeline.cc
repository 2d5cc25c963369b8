#include "tests/model/naive_timeline.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::model {
namespace {

using absl::StatusCode;

// Whether a stream that has `revision` events is as the writer expected.
bool AsExpected(const ExpectedRevision& expected, uint64_t revision) {
  const std::string text = expected.ToString();
  if (text == "any") return true;
  if (text == "exists") return revision > 0;
  if (text == "none") return revision == 0;
  return text == std::to_string(revision);
}

// A sum of one limit: none if any of the limits is absent.
using Total = std::optional<absl::int128>;

void Increase(Total* total, const std::optional<int64_t>& limit) {
  *total = *total && limit ? Total(**total + *limit) : Total();
}

bool IsBeyond(const Total& total) {
  return total && (*total < std::numeric_limits<int64_t>::min() ||
                   *total > std::numeric_limits<int64_t>::max());
}

std::optional<int64_t> Narrow(const Total& total) {
  if (!total) return std::nullopt;
  return static_cast<int64_t>(*total);
}

// Whether a timeline of the lighthouses domain takes such a payload.
bool KnownType(const google::protobuf::Any& payload) {
  return payload.Is<lighthouses::v1::VisitorsCame>() ||
         payload.Is<lighthouses::v1::KeeperAppointed>() ||
         payload.Is<lighthouses::v1::LampTended>() || payload.Is<lighthouses::v1::ShipsSighted>() ||
         payload.Is<v1::SourceRegistered>() || payload.Is<v1::TimelineCreated>();
}

}  // namespace

Instant OccurredIn(const Fact& fact, WorldKind world) {
  return world == WorldKind::kCertain ? fact.occurred.latest : fact.occurred.earliest;
}

Instant KnownIn(const Fact& fact, WorldKind world) {
  return world == WorldKind::kCertain ? fact.known.latest : fact.known.earliest;
}

bool BeginsWith(const Key& key, const Key& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

NaiveTimeline::Verdict NaiveTimeline::Append(const AppendRequest& request, Instant now) {
  stood_.clear();
  Verdict verdict;
  const size_t before = facts_.size();
  std::map<std::string, uint64_t> revisions_before;
  for (const v1::Event& event : request.events) {
    revisions_before.try_emplace(event.stream(), Revision(event.stream()));
  }
  for (const v1::Event& event : request.events) {
    const Fact* same = event.id().empty() ? nullptr : Find(event.id());
    if (same != nullptr && same->stated.SerializeAsString() == event.SerializeAsString()) {
      verdict.receipts.push_back(
          {event.id(), {same->position}, same->revision, same->recorded_at, true});
      continue;
    }
    if (same != nullptr) verdict.refusals.insert(StatusCode::kAlreadyExists);
    if (!AsExpected(request.expected, revisions_before[event.stream()])) {
      verdict.refusals.insert(StatusCode::kAborted);
    }
    Fact fact = {.position = facts_.size() + 1,
                 .revision = Revision(event.stream()) + 1,
                 .recorded_at = now,
                 .stated = event};
    if (!facts_.empty()) {
      fact.recorded_at = std::max(now, Instant{facts_.back().recorded_at.micros + 1});
    }
    CheckForm(event, &verdict.refusals);
    Date(&fact, &verdict.refusals);
    Aim(&fact, &verdict.refusals);
    fact.claims = ClaimsOf(event, fact.occurred);
    verdict.receipts.push_back(
        {event.id(), {fact.position}, fact.revision, fact.recorded_at, false});
    facts_.push_back(std::move(fact));
  }
  if (!verdict.refusals.empty()) facts_.resize(before);
  return verdict;
}

void NaiveTimeline::CheckForm(const v1::Event& event, std::set<StatusCode>* refusals) const {
  const bool retraction = event.correction().kind() == v1::Correction::RETRACTS;
  if (event.has_payload() ? !KnownType(event.payload()) : !retraction) {
    refusals->insert(StatusCode::kInvalidArgument);
  }
  if (event.stream().empty()) refusals->insert(StatusCode::kInvalidArgument);
  if (event.has_correction()) {
    const v1::Correction& correction = event.correction();
    const std::set<std::string> distinct(correction.targets().begin(), correction.targets().end());
    if (correction.kind() == v1::Correction::KIND_UNSPECIFIED || distinct.empty() ||
        distinct.size() < correction.targets_size() || distinct.contains(event.id()) ||
        correction.reason().empty() || correction.editor().empty()) {
      refusals->insert(StatusCode::kInvalidArgument);
    }
  }
  for (const v1::Citation& citation : event.citations()) {
    if (Revision("source/" + citation.source()) == 0) refusals->insert(StatusCode::kNotFound);
  }
}

TimeBounds NaiveTimeline::Resolve(const std::string& edtf, std::set<StatusCode>* refusals) const {
  const absl::StatusOr<Edtf> date = Edtf::Parse(edtf);
  if (date.ok()) {
    const absl::StatusOr<TimeBounds> bounds = date->Resolve(zone_, widths_);
    if (bounds.ok()) return *bounds;
  }
  refusals->insert(StatusCode::kInvalidArgument);
  return {};
}

void NaiveTimeline::Date(Fact* fact, std::set<StatusCode>* refusals) const {
  const v1::Event& event = fact->stated;
  if (!event.occurred().empty()) fact->occurred = Resolve(event.occurred(), refusals);
  if (!event.published().empty()) {
    fact->known = Resolve(event.published(), refusals);
  } else {
    fact->known =
        PublicationOfSources(event).value_or(TimeBounds{fact->recorded_at, fact->recorded_at});
  }
  fact->known.latest = std::min(fact->known.latest, fact->recorded_at);
  fact->occurred.latest = std::min(fact->occurred.latest, fact->known.latest);
  fact->known.earliest = std::max(fact->known.earliest, fact->occurred.earliest);
  if (fact->occurred.earliest > fact->occurred.latest ||
      fact->known.earliest > fact->known.latest) {
    refusals->insert(StatusCode::kInvalidArgument);
  }
}

std::optional<TimeBounds> NaiveTimeline::PublicationOfSources(const v1::Event& event) const {
  std::set<StatusCode> ignored;  // A date was checked when its source was registered.
  v1::SourceRegistered registered;
  if (event.payload().UnpackTo(&registered) && !registered.published().empty()) {
    return Resolve(registered.published(), &ignored);
  }
  std::optional<TimeBounds> earliest;
  for (const v1::Citation& citation : event.citations()) {
    std::string published;  // Of the latest edition: empty if that doesn't say.
    for (const Fact& fact : facts_) {
      v1::SourceRegistered source;
      if (fact.stated.payload().UnpackTo(&source) && source.source() == citation.source()) {
        published = source.published();
      }
    }
    if (published.empty()) continue;
    const TimeBounds bounds = Resolve(published, &ignored);
    if (!earliest) earliest = bounds;
    earliest->earliest = std::min(earliest->earliest, bounds.earliest);
    earliest->latest = std::min(earliest->latest, bounds.latest);
  }
  return earliest;
}

void NaiveTimeline::Aim(Fact* fact, std::set<StatusCode>* refusals) const {
  for (const std::string& target : fact->stated.correction().targets()) {
    if (target == fact->stated.id()) continue;  // Malformed, wherever it stands.
    const Fact* corrected = Find(target);
    if (corrected == nullptr) {
      refusals->insert(StatusCode::kNotFound);
    } else {
      fact->corrects.push_back(corrected->position);
    }
  }
}

void NaiveTimeline::NameEvent(uint64_t position, const std::string& id) {
  facts_[position - 1].stated.set_id(id);
}

const Fact* NaiveTimeline::Find(const std::string& id) const {
  for (const Fact& fact : facts_) {
    if (fact.stated.id() == id) return &fact;
  }
  return nullptr;
}

uint64_t NaiveTimeline::Revision(const std::string& stream) const {
  return std::count_if(facts_.begin(), facts_.end(),
                       [&](const Fact& fact) { return fact.stated.stream() == stream; });
}

std::map<uint64_t, std::set<uint64_t>> NaiveTimeline::Corrections(const Slice& slice) const {
  // A correction comes after what it corrects: from the last to the first, each
  // one's own corrections are settled before it is looked at.
  std::map<uint64_t, std::set<uint64_t>> corrections;
  for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
    if (fact->position > slice.position.value) continue;
    if (KnownIn(*fact, slice.world) > slice.known) continue;
    if (corrections.contains(fact->position)) continue;
    for (const uint64_t target : fact->corrects) corrections[target].insert(fact->position);
  }
  return corrections;
}

const std::vector<const Fact*>& NaiveTimeline::Standing(const Slice& slice) const {
  for (const Stood& stood : stood_) {
    if (stood.world == slice.world && stood.valid == slice.valid && stood.known == slice.known &&
        stood.position == slice.position) {
      return stood.facts;
    }
  }
  std::erase_if(stood_, [&](const Stood& stood) { return stood.world == slice.world; });
  const std::map<uint64_t, std::set<uint64_t>> corrections = Corrections(slice);
  std::vector<const Fact*> standing;
  for (const Fact& fact : facts_) {
    if (fact.position > slice.position.value) continue;
    if (OccurredIn(fact, slice.world) > slice.valid) continue;
    if (KnownIn(fact, slice.world) > slice.known) continue;
    if (!corrections.contains(fact.position)) standing.push_back(&fact);
  }
  return stood_.emplace_back(Stood{slice.world, slice.valid, slice.known, slice.position, standing})
      .facts;
}

std::map<Key, Answer> NaiveTimeline::Tally(const MeasureRef& measure, const Slice& slice) const {
  std::map<Key, std::pair<Total, Total>> sums;
  std::map<Key, Answer> answers;
  for (const Fact* fact : Standing(slice)) {
    for (const Claim& claim : fact->claims) {
      if (claim.measure != measure) continue;
      auto& [lower, upper] = sums.try_emplace(claim.key, Total(0), Total(0)).first->second;
      Increase(&lower, claim.quantity.lower);
      Increase(&upper, claim.quantity.upper);
      answers[claim.key].evidence.insert(fact->position);
    }
  }
  for (auto& [key, answer] : answers) {
    const auto& [lower, upper] = sums[key];
    answer.is_beyond = IsBeyond(lower) || IsBeyond(upper);
    if (!answer.is_beyond) answer.value = ToValue(Quantity{Narrow(lower), Narrow(upper)});
  }
  return answers;
}

std::map<Key, Holder> NaiveTimeline::Register(const MeasureRef& measure, const Slice& slice) const {
  std::map<Key, Holder> holders;
  for (const Fact* fact : Standing(slice)) {
    const Instant occurred = OccurredIn(*fact, slice.world);
    const Instant known = KnownIn(*fact, slice.world);
    for (const Claim& claim : fact->claims) {
      if (claim.measure != measure) continue;
      const auto [holder, first] = holders.try_emplace(claim.key);
      // Equal coordinates: the later position, and within an event the later claim.
      if (first ||
          std::tie(occurred, known) >= std::tie(holder->second.occurred, holder->second.known)) {
        holder->second = {claim.value, fact->position, occurred, known};
      }
    }
  }
  return holders;
}

std::map<Key, Membership> NaiveTimeline::Set(const MeasureRef& measure, const Slice& slice) const {
  std::map<Key, Membership> groups;
  for (const Fact* fact : Standing(slice)) {
    for (const Claim& claim : fact->claims) {
      if (claim.measure == measure) groups[claim.key][claim.member].insert(fact->position);
    }
  }
  return groups;
}

std::set<uint64_t> NaiveTimeline::Contributors(const MeasureRef& measure, const Key& prefix,
                                               const std::optional<std::string>& member,
                                               const Slice& slice) const {
  std::set<uint64_t> positions;
  for (const Fact* fact : Standing(slice)) {
    for (const Claim& claim : fact->claims) {
      if (claim.measure == measure && BeginsWith(claim.key, prefix) &&
          (!member || claim.member == *member)) {
        positions.insert(fact->position);
      }
    }
  }
  return positions;
}

}  // namespace annals::model
