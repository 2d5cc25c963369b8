#include "projections/annals/sources.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "projections/annals/table_builder.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {
namespace {

MeasureRef Registered() { return {"annals.sources", "registered"}; }
MeasureRef Published() { return {"annals.sources", "published"}; }
MeasureRef Events() { return {"annals.sources", "events"}; }
MeasureRef Origins() { return {"annals.sources", "origins"}; }

v1::Value PublicationDate(const ProjectedEvent& event, const std::string& published) {
  if (event.event.occurred() == published) return event.OccurredValue();
  v1::Value value;
  value.mutable_date()->set_edtf(published);
  v1::Bounds* bounds = value.mutable_date()->mutable_bounds();
  bounds->set_earliest(Instant::Beginning().micros);
  bounds->set_latest(event.times.known.latest.micros);
  return value;
}

absl::Status Project(const ProjectedEvent& event, Contributions* out) {
  const auto* registered = event.As<v1::SourceRegistered>();
  if (registered != nullptr) {
    out->Member(Registered().measure, {}, registered->source());
    if (!registered->published().empty()) {
      out->Register(Published().measure, {registered->source()},
                    PublicationDate(event, registered->published()));
    }
  }
  std::set<std::string> cited;
  for (const v1::Citation& citation : event.event.citations()) cited.insert(citation.source());
  for (const std::string& source : cited) {
    out->Tally(Events().measure, {source}, Quantity::Exactly(1));
    if (!event.event.asserter().empty()) {
      out->Member(Origins().measure, {source}, event.event.asserter());
    }
  }
  return absl::OkStatus();
}

// An event may be known through one source before another that it cites too was
// public; the other isn't there yet, whatever is known of it by now.
absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world) {
  TableBuilder table({"published", "events", "origins"});
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> sources, world.Members(Registered(), {}));
  for (const std::string& source : sources) {
    const Key key = {source};
    table.Add(key);
    ANNALS_ASSIGN_OR_RETURN(const std::optional<RegisterRow> published,
                            world.Latest(Published(), key));
    if (published) table.Set(key, "published", published->value, {published->position});
    ANNALS_ASSIGN_OR_RETURN(const std::optional<Quantity> events, world.Sum(Events(), key));
    if (events) {
      table.Set(key, "events", QuantityValue(*events), {ContributionsOf{Events(), key}});
    }
    ANNALS_ASSIGN_OR_RETURN(const uint64_t origins, world.CountMembers(Origins(), key));
    if (origins > 0) {
      table.Set(key, "origins", QuantityValue(Quantity::Exactly(origins)),
                {ContributionsOf{Origins(), key}});
    }
  }
  return table.Build();
}

}  // namespace

Projection SourcesProjection() {
  return {.name = Events().projection,
          .version = 1,
          .measures = {{Registered().measure, MeasureKind::kSet, {}},
                       {Published().measure, MeasureKind::kRegister, {"source"}},
                       {Events().measure, MeasureKind::kTally, {"source"}},
                       {Origins().measure, MeasureKind::kSet, {"source"}}},
          .project = Project};
}

View SourcesView() {
  return {.name = "sources",
          .description =
              "When each source was public, how many events cite it, and how many "
              "origins stand behind them.",
          .columns = {KeyColumn("source"), DateColumn("published"),
                      QuantityColumn("events", "events"), QuantityColumn("origins", "asserters")},
          .evaluate = Evaluate};
}

}  // namespace annals
