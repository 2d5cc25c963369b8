#include "engine/query/verbs/timeline_listing.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_reader.h"
#include "engine/log/payload_types.h"
#include "engine/query/redacted_payloads.h"
#include "engine/query/verbs/corrections.h"
#include "engine/query/verbs/event_text.h"

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

// An event that may be as old as one likes stands where it had happened at the
// latest, not before everything else.
ListingPlace PlaceOf(const v1::Event& event) {
  const Instant earliest = {event.occurred_bounds().earliest()};
  const Instant latest = {event.occurred_bounds().latest()};
  return {earliest.IsOpen() ? latest : earliest, latest, {event.position()}};
}

bool StandsBefore(const v1::Event& a, const v1::Event& b) { return PlaceOf(a) < PlaceOf(b); }

// Keeps the first events of a range, in whatever order they come.
class PageBuilder {
 public:
  explicit PageBuilder(const ListingRange& range) : range_(range) {}

  void Add(const v1::Event& event) {
    if (range_.after && PlaceOf(event) <= *range_.after) return;
    events_.push_back(event);
    // Half of them go at a time, so that an event costs no more than a few comparisons.
    if (events_.size() / 2 > range_.limit) DropTheLast();
  }

  // The events in their order; `*more` tells whether others follow.
  std::vector<v1::Event> Finish(bool* more) {
    if (events_.size() > range_.limit) DropTheLast();
    *more = dropped_;
    std::sort(events_.begin(), events_.end(), StandsBefore);
    return std::move(events_);
  }

 private:
  void DropTheLast() {
    const auto end = events_.begin() + static_cast<std::ptrdiff_t>(range_.limit);
    std::nth_element(events_.begin(), end, events_.end(), StandsBefore);
    events_.erase(end, events_.end());
    dropped_ = true;
  }

  const ListingRange& range_;
  std::vector<v1::Event> events_;
  bool dropped_ = false;
};

absl::Status Collect(EventReader* reader, const Filter& filter, Position last, PageBuilder* page) {
  while (reader->Next()) {
    const v1::Event& event = reader->event();
    if (event.position() > last.value) return absl::OkStatus();
    const absl::StatusOr<bool> passes = filter.Passes(event);
    if (!passes.ok()) {
      return Annotate(passes.status(), absl::StrCat("position ", event.position()));
    }
    if (*passes) page->Add(event);
  }
  return reader->status();
}

}  // namespace

absl::StatusOr<ListingPage> ListTimeline(const TimelineSettings& timeline, const EventLog& log,
                                         const TemporalIndex& index, const EventFilter& filter,
                                         const std::vector<std::string>& types,
                                         const PinnedAsOf& as_of, const ListingRange& range) {
  ANNALS_ASSIGN_OR_RETURN(const Readers readers, OpenReaders(timeline.name, log, filter, types));
  const Filter passes(filter, types);
  PageBuilder builder(range);
  for (const std::unique_ptr<EventReader>& reader : readers) {
    ANNALS_RETURN_IF_ERROR(Collect(reader.get(), passes, as_of.position, &builder));
  }
  bool more = false;
  std::vector<v1::Event> events = builder.Finish(&more);

  ANNALS_ASSIGN_OR_RETURN(const StandingCorrections corrections,
                          StandingCorrections::Load(index, WorldKind::kPossible, as_of));
  ListingPage page;
  if (more) page.more_after = PlaceOf(events.back());
  page.list.set_timeline(timeline.name);
  *page.list.mutable_as_of() = ToProto(as_of, timeline.home_zone);
  for (v1::Event& event : events) {
    v1::ListedEvent* const listed = page.list.add_events();
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> corrected_by,
                            corrections.Of(Position{event.position()}));
    for (const Position position : corrected_by) listed->add_corrected_by(position.value);
    ANNALS_ASSIGN_OR_RETURN(auto redacted, RedactionOf(log, event));
    if (redacted) *listed->mutable_redacted() = *std::move(redacted);
    *listed->mutable_event() = std::move(event);
  }
  return page;
}

}  // namespace annals
