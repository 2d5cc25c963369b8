#include "tests/engine/query/fake_timeline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/temporal_index.h"
#include "engine/log/payload_types.h"
#include "engine/query/payload.h"
#include "engine/time/causality.h"
#include "engine/time/edtf.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace annals::testing {
namespace {

class VectorReader final : public EventReader {
 public:
  explicit VectorReader(std::vector<v1::Event> events) : events_(std::move(events)) {}
  bool Next() override { return ++next_ <= events_.size(); }
  const v1::Event& event() const override { return events_[next_ - 1]; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  std::vector<v1::Event> events_;
  size_t next_ = 0;
};

bool HasPrefix(const Key& key, const Key& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

absl::StatusOr<TimeBounds> Resolve(const std::string& date, const HomeZone& zone) {
  if (date.empty()) return TimeBounds();
  ANNALS_ASSIGN_OR_RETURN(const Edtf edtf, Edtf::Parse(date));
  return edtf.Resolve(zone, {});
}

}  // namespace

class FakeLog final : public EventLog {
 public:
  explicit FakeLog(TimelineSettings settings) : settings_(std::move(settings)) {}

  absl::StatusOr<std::vector<Receipt>> Append(AppendRequest) override {
    return absl::UnimplementedError("record through FakeTimeline");
  }
  std::vector<std::string> Timelines() const override { return {settings_.name}; }
  absl::StatusOr<TimelineSettings> Settings(absl::string_view timeline) const override {
    if (timeline != settings_.name) {
      return absl::NotFoundError(
          absl::StrCat("no timeline \"", timeline, "\"; there is \"", settings_.name, "\""));
    }
    return settings_;
  }
  absl::StatusOr<Head> GetHead(absl::string_view timeline) const override {
    ANNALS_RETURN_IF_ERROR(Settings(timeline).status());
    return Head{Position{events_.size()}, recorded_at_};
  }
  absl::StatusOr<v1::Event> Read(absl::string_view, Position position) const override {
    reads_.push_back(absl::StrCat("position ", position.value));
    if (position.value == 0 || position.value > events_.size()) {
      return absl::OutOfRangeError("no such position");
    }
    return events_[position.value - 1];
  }
  absl::StatusOr<v1::Event> Find(absl::string_view, absl::string_view) const override {
    return absl::UnimplementedError("no query needs it");
  }
  absl::StatusOr<std::unique_ptr<EventReader>> ReadAfter(absl::string_view,
                                                         Position after) const override {
    reads_.push_back("all");
    return Where([&](const v1::Event& e) { return e.position() > after.value; });
  }
  absl::StatusOr<std::unique_ptr<EventReader>> ReadStream(absl::string_view,
                                                          absl::string_view stream,
                                                          Position) const override {
    reads_.push_back(absl::StrCat("stream ", stream));
    return Where([&](const v1::Event& e) { return e.stream() == stream; });
  }
  absl::StatusOr<std::unique_ptr<EventReader>> ReadType(absl::string_view, absl::string_view type,
                                                        Position) const override {
    reads_.push_back(absl::StrCat("type ", type));
    return Where([&](const v1::Event& e) { return TypeName(e.payload().type_url()) == type; });
  }
  absl::StatusOr<Census> TakeCensus(absl::string_view) const override {
    return absl::UnimplementedError("no query needs it");
  }
  void AddCommitListener(std::function<void()>) override {}

  const TimelineSettings settings_;
  std::vector<v1::Event> events_;
  Instant recorded_at_;
  mutable std::vector<std::string> reads_;

 private:
  template <typename Condition>
  std::unique_ptr<EventReader> Where(Condition condition) const {
    std::vector<v1::Event> some;
    std::copy_if(events_.begin(), events_.end(), std::back_inserter(some), condition);
    return std::make_unique<VectorReader>(std::move(some));
  }
};

// One contribution with its event's coordinates in the slice's world.
struct Placed {
  Contribution contribution;
  Instant occurred;
  Instant known;
  Position position;

  auto Order() const { return std::make_tuple(occurred, known, position); }
};

class FakeIndex final : public TemporalIndex {
 public:
  FakeIndex(const FakeLog* log, std::vector<const Projection*> projections)
      : log_(log), projections_(std::move(projections)) {}

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Placed> placed, Find(measure, prefix, slice));
    std::map<Key, Quantity> sums;
    for (const Placed& p : placed) {
      Quantity& sum = sums[p.contribution.key];
      ANNALS_ASSIGN_OR_RETURN(sum, Add(sum, p.contribution.quantity));
    }
    std::vector<TallyRow> rows;
    for (const auto& [key, sum] : sums) rows.push_back({key, sum});
    return rows;
  }

  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Placed> placed, Find(measure, prefix, slice));
    std::map<Key, Placed> latest;
    for (const Placed& p : placed) {
      const auto [held, first] = latest.emplace(p.contribution.key, p);
      if (!first && held->second.Order() <= p.Order()) held->second = p;
    }
    std::vector<RegisterRow> rows;
    for (const auto& [key, p] : latest) {
      rows.push_back({key, p.contribution.value, p.position, p.occurred, p.known});
    }
    return rows;
  }

  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Placed> placed, Find(measure, prefix, slice));
    std::map<Key, std::set<std::string>> groups;
    for (const Placed& p : placed) groups[p.contribution.key].insert(p.contribution.member);
    std::vector<SetRow> rows;
    for (const auto& [key, members] : groups) rows.push_back({key, members.size()});
    return rows;
  }

  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Placed> placed, Find(measure, group, slice));
    std::set<std::string> members;
    for (const Placed& p : placed) {
      if (p.contribution.member > after) members.insert(p.contribution.member);
    }
    std::vector<std::string> some(members.begin(), members.end());
    if (some.size() > limit) some.resize(limit);
    return some;
  }

  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Placed> placed, Find(measure, prefix, slice));
    std::set<Position> positions;
    for (const Placed& p : placed) {
      if (p.position > after) positions.insert(p.position);
    }
    std::vector<Position> some(positions.begin(), positions.end());
    if (some.size() > limit) some.resize(limit);
    return some;
  }

  std::map<std::string, absl::Status> stopped_;

 private:
  static Instant In(WorldKind world, const v1::Bounds& bounds) {
    return {world == WorldKind::kCertain ? bounds.latest() : bounds.earliest()};
  }

  bool IsOut(uint64_t position, const Slice& slice) const {
    return std::any_of(log_->events_.begin(), log_->events_.end(), [&](const v1::Event& e) {
      const auto& targets = e.correction().target_positions();
      return std::find(targets.begin(), targets.end(), position) != targets.end() &&
             e.position() <= slice.position.value &&
             In(slice.world, e.known_bounds()) <= slice.known && !IsOut(e.position(), slice);
    });
  }

  absl::StatusOr<std::vector<Placed>> Find(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const {
    const auto stopped = stopped_.find(measure.projection);
    if (stopped != stopped_.end()) return stopped->second;
    const auto projection =
        std::find_if(projections_.begin(), projections_.end(),
                     [&](const Projection* p) { return p->name == measure.projection; });
    if (projection == projections_.end()) {
      return absl::NotFoundError(absl::StrCat("no projection \"", measure.projection, "\""));
    }
    std::vector<Placed> placed;
    for (const v1::Event& event : log_->events_) {
      const Instant occurred = In(slice.world, event.occurred_bounds());
      const Instant known = In(slice.world, event.known_bounds());
      if (event.position() > slice.position.value || occurred > slice.valid ||
          known > slice.known || IsOut(event.position(), slice)) {
        continue;
      }
      ANNALS_ASSIGN_OR_RETURN(const std::vector<Contribution> all, Project(**projection, event));
      for (const Contribution& contribution : all) {
        if ((*projection)->measures[contribution.measure].name != measure.measure) continue;
        if (!HasPrefix(contribution.key, prefix)) continue;
        placed.push_back({contribution, occurred, known, Position{event.position()}});
      }
    }
    return placed;
  }

  static absl::StatusOr<std::vector<Contribution>> Project(const Projection& projection,
                                                           const v1::Event& event) {
    // A payload that can't be read contributes nothing.
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> payload =
        ReadPayload(event.payload());
    const auto bounds = [](const v1::Bounds& b) {
      return TimeBounds{{b.earliest()}, {b.latest()}};
    };
    const ProjectedEvent projected = {
        event,
        payload.ok() ? payload->get() : nullptr,
        {bounds(event.occurred_bounds()), bounds(event.known_bounds())}};
    Contributions contributions(&projection.measures);
    ANNALS_RETURN_IF_ERROR(projection.project(projected, &contributions));
    ANNALS_RETURN_IF_ERROR(contributions.status());
    return contributions.all();
  }

  const FakeLog* const log_;
  const std::vector<const Projection*> projections_;
};

class FakeRunner final : public ProjectionRunner {
 public:
  FakeRunner(const FakeLog* log, std::vector<const Projection*> projections)
      : log_(log), index_(log, std::move(projections)) {}

  absl::Status WaitFor(absl::string_view timeline, Position position) override {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
    EXPECT_LE(position, head.position) << "a real runner would wait for ever";
    waited_for_ = position;
    return absl::OkStatus();
  }
  absl::StatusOr<const TemporalIndex*> Index(absl::string_view) override { return &index_; }
  absl::StatusOr<std::vector<ProjectionProgress>> Progress(absl::string_view) override {
    return absl::UnimplementedError("no query needs it");
  }
  absl::Status Rebuild(absl::string_view, const std::function<void(Position, Position)>&) override {
    return absl::UnimplementedError("no query needs it");
  }

  const FakeLog* const log_;
  FakeIndex index_;
  Position waited_for_;
};

FakeTimeline::FakeTimeline(std::string name, std::string domain,
                           std::vector<const Projection*> projections, HomeZone zone) {
  TimelineSettings settings;
  settings.name = std::move(name);
  settings.domain = std::move(domain);
  settings.home_zone = std::move(zone);
  log_ = std::make_unique<FakeLog>(std::move(settings));
  runner_ = std::make_unique<FakeRunner>(log_.get(), std::move(projections));
}

FakeTimeline::~FakeTimeline() = default;

Position FakeTimeline::Record(v1::Event event, Instant recorded_at) {
  const auto bounds = [&](const std::string& date) {
    const absl::StatusOr<TimeBounds> resolved = Resolve(date, log_->settings_.home_zone);
    EXPECT_TRUE(resolved.ok()) << resolved.status();
    return *resolved;
  };
  const TimeBounds published =
      event.published().empty() ? TimeBounds{recorded_at, recorded_at} : bounds(event.published());
  const absl::StatusOr<EventTimes> times = Tighten(bounds(event.occurred()), event.occurred(),
                                                   published, event.published(), recorded_at);
  EXPECT_TRUE(times.ok()) << times.status();
  event.mutable_occurred_bounds()->set_earliest(times->occurred.earliest.micros);
  event.mutable_occurred_bounds()->set_latest(times->occurred.latest.micros);
  event.mutable_known_bounds()->set_earliest(times->known.earliest.micros);
  event.mutable_known_bounds()->set_latest(times->known.latest.micros);
  event.mutable_recorded_at()->set_seconds(recorded_at.micros / 1'000'000);
  event.mutable_recorded_at()->set_nanos(static_cast<int32_t>(recorded_at.micros % 1'000'000) *
                                         1000);
  event.set_position(log_->events_.size() + 1);
  event.set_timeline(log_->settings_.name);
  if (event.id().empty()) event.set_id(absl::StrCat("event-", event.position()));
  for (const std::string& target : event.correction().targets()) {
    for (const v1::Event& earlier : log_->events_) {
      if (earlier.id() == target) {
        event.mutable_correction()->add_target_positions(earlier.position());
      }
    }
  }
  log_->recorded_at_ = recorded_at;
  log_->events_.push_back(std::move(event));
  return Position{log_->events_.size()};
}

void FakeTimeline::Stop(const std::string& projection, absl::Status why) {
  runner_->index_.stopped_[projection] = std::move(why);
}

const EventLog* FakeTimeline::log() const { return log_.get(); }
ProjectionRunner* FakeTimeline::runner() const { return runner_.get(); }
const TemporalIndex& FakeTimeline::index() const { return runner_->index_; }
const std::vector<std::string>& FakeTimeline::reads() const { return log_->reads_; }
Position FakeTimeline::waited_for() const { return runner_->waited_for_; }

}  // namespace annals::testing
