#include "engine/query/timeline_listing.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_reader.h"
#include "engine/log/payload_types.h"
#include "engine/query/corrections.h"
#include "engine/query/event_text.h"

namespace annals {
namespace {

// Decides which events pass. What costs most comes last.
class Filter {
 public:
  Filter(const EventFilter& filter, const std::vector<std::string>& types)
      : filter_(filter), types_(types), search_(filter.text) {}

  absl::StatusOr<bool> Passes(const v1::Event& event) const {
    if (!PassesTime(event) || !PassesType(event) || !PassesStream(event)) return false;
    if (!filter_.asserter.empty() && event.asserter() != filter_.asserter) return false;
    if (!PassesSource(event)) return false;
    return search_.Matches(event);
  }

 private:
  bool PassesTime(const v1::Event& event) const {
    const v1::Bounds& occurred = event.occurred_bounds();
    if (filter_.from && occurred.latest() < filter_.from->micros) return false;
    return !filter_.to || occurred.earliest() <= filter_.to->micros;
  }

  bool PassesType(const v1::Event& event) const {
    if (filter_.type.empty()) return true;
    const absl::string_view type = TypeName(event.payload().type_url());
    return std::find(types_.begin(), types_.end(), type) != types_.end();
  }

  bool PassesStream(const v1::Event& event) const {
    if (filter_.stream.empty() || event.stream() == filter_.stream) return true;
    return absl::EndsWith(filter_.stream, "/") && absl::StartsWith(event.stream(), filter_.stream);
  }

  bool PassesSource(const v1::Event& event) const {
    return filter_.source.empty() ||
           std::any_of(event.citations().begin(), event.citations().end(),
                       [&](const v1::Citation& c) { return c.source() == filter_.source; });
  }

  const EventFilter& filter_;
  const std::vector<std::string>& types_;
  const TextSearch search_;
};

using Readers = std::vector<std::unique_ptr<EventReader>>;

// The fewest events that hold all that the filter lets pass.
absl::StatusOr<Readers> OpenReaders(const std::string& timeline, const EventLog& log,
                                    const EventFilter& filter,
                                    const std::vector<std::string>& types) {
  Readers readers;
  const Position start{0};
  if (!filter.stream.empty() && !absl::EndsWith(filter.stream, "/")) {
    ANNALS_ASSIGN_OR_RETURN(readers.emplace_back(), log.ReadStream(timeline, filter.stream, start));
  } else if (!filter.type.empty()) {
    for (const std::string& type : types) {
      ANNALS_ASSIGN_OR_RETURN(readers.emplace_back(), log.ReadType(timeline, type, start));
    }
  } else {
    ANNALS_ASSIGN_OR_RETURN(readers.emplace_back(), log.ReadAfter(timeline, start));
  }
  return readers;
}

absl::Status Collect(EventReader* reader, const Filter& filter, Position last,
                     std::vector<v1::Event>* events) {
  while (reader->Next()) {
    const v1::Event& event = reader->event();
    if (event.position() > last.value) return absl::OkStatus();
    const absl::StatusOr<bool> passes = filter.Passes(event);
    if (!passes.ok()) {
      return Annotate(passes.status(), absl::StrCat("position ", event.position()));
    }
    if (*passes) events->push_back(event);
  }
  return reader->status();
}

// As it happened. An event that may be as old as one likes stands where it had
// happened at the latest, not before everything else.
bool HappenedBefore(const v1::Event& a, const v1::Event& b) {
  const auto place = [](const v1::Event& event) {
    const v1::Bounds& occurred = event.occurred_bounds();
    const bool open = Instant{occurred.earliest()}.IsOpen();
    return std::make_tuple(open ? occurred.latest() : occurred.earliest(), occurred.latest(),
                           event.position());
  };
  return place(a) < place(b);
}

}  // namespace

absl::StatusOr<v1::EventList> ListTimeline(const TimelineSettings& timeline, const EventLog& log,
                                           const TemporalIndex& index, const EventFilter& filter,
                                           const std::vector<std::string>& types,
                                           const PinnedAsOf& as_of) {
  ANNALS_ASSIGN_OR_RETURN(const Readers readers, OpenReaders(timeline.name, log, filter, types));
  const Filter passes(filter, types);
  std::vector<v1::Event> events;
  for (const std::unique_ptr<EventReader>& reader : readers) {
    ANNALS_RETURN_IF_ERROR(Collect(reader.get(), passes, as_of.position, &events));
  }
  std::sort(events.begin(), events.end(), HappenedBefore);

  ANNALS_ASSIGN_OR_RETURN(const StandingCorrections corrections,
                          StandingCorrections::Load(index, WorldKind::kPossible, as_of));
  v1::EventList list;
  list.set_timeline(timeline.name);
  *list.mutable_as_of() = ToProto(as_of, timeline.home_zone);
  for (v1::Event& event : events) {
    v1::ListedEvent* const listed = list.add_events();
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> corrected_by,
                            corrections.Of(Position{event.position()}));
    for (const Position position : corrected_by) listed->add_corrected_by(position.value);
    *listed->mutable_event() = std::move(event);
  }
  return list;
}

}  // namespace annals
