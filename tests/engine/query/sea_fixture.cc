#include "tests/engine/query/sea_fixture.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/query/verbs/catalog.h"
#include "google/protobuf/message.h"
#include "tests/testing/shipwrecks/shipwrecks.pb.h"
#include "tests/testing/shipwrecks/shipwrecks_domain.h"

namespace annals::testing {
namespace {

v1::Event Claim(const std::string& ship, const google::protobuf::Message& payload,
                const Dates& dates) {
  v1::Event event;
  event.set_stream("ship/" + ship);
  event.set_occurred(dates.occurred);
  event.set_published(dates.published);
  event.set_asserter("lloyds");
  event.mutable_payload()->PackFrom(payload);
  return event;
}

}  // namespace

v1::Event ShipSunk(const std::string& ship, const std::string& sea, int lower, int upper,
                   const Dates& dates) {
  shipwrecks::v1::ShipSunk payload;
  payload.set_ship(ship);
  payload.set_sea(sea);
  payload.mutable_lost()->set_lower(lower);
  payload.mutable_lost()->set_upper(upper);
  return Claim(ship, payload, dates);
}

v1::Event CrewListed(const std::string& ship, const std::vector<std::string>& persons,
                     const Dates& dates) {
  shipwrecks::v1::CrewListed payload;
  payload.set_ship(ship);
  payload.mutable_persons()->Assign(persons.begin(), persons.end());
  return Claim(ship, payload, dates);
}

v1::Event WreckFound(const std::string& ship, bool intact, const Dates& dates) {
  shipwrecks::v1::WreckFound payload;
  payload.set_ship(ship);
  payload.set_intact(intact);
  return Claim(ship, payload, dates);
}

v1::Event Retraction(const std::vector<std::string>& targets, const Dates& dates) {
  v1::Event event;
  event.set_stream("editors/board");
  event.set_occurred(dates.occurred);
  event.set_published(dates.published);
  event.mutable_correction()->set_kind(v1::Correction::RETRACTS);
  event.mutable_correction()->mutable_targets()->Assign(targets.begin(), targets.end());
  event.mutable_correction()->set_reason("a mistake");
  event.mutable_correction()->set_editor("board");
  return event;
}

v1::Event Superseding(v1::Event event, const std::string& target) {
  event.mutable_correction()->set_kind(v1::Correction::SUPERSEDES);
  event.mutable_correction()->add_targets(target);
  event.mutable_correction()->set_reason("the exact day");
  event.mutable_correction()->set_editor("board");
  return event;
}

v1::Event WithId(v1::Event event, const std::string& id) {
  event.set_id(id);
  return event;
}

Instant At(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) << error;
  return {absl::ToUnixMicros(time)};
}

SeaTest::SeaTest()
    : clock_(At("2032-01-01T00:00:00Z")),
      domains_({Shipwrecks()}),
      timeline_("sea", "shipwrecks", Catalog(&domains_).Projections("shipwrecks")),
      engine_(timeline_.log(), timeline_.runner(), &domains_, &clock_) {}

PinnedAsOf SeaTest::Pin(const AsOfQuestion& question) const {
  const absl::StatusOr<PinnedAsOf> pinned = engine_.Pin("sea", question);
  EXPECT_TRUE(pinned.ok()) << pinned.status();
  return pinned.ok() ? *pinned : PinnedAsOf();
}

}  // namespace annals::testing
