#include "bench/log/workload.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/log/visit.pb.h"
#include "engine/base/status.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals::bench {
namespace {

using log::Visit;

constexpr uint64_t kLighthouses = 1'000;
constexpr uint64_t kShips = 5'000;
constexpr uint64_t kWords = 5'000;
constexpr size_t kRemarkBytes = 210;

std::vector<std::string> MakeWords() {
  std::mt19937_64 random(kWords);
  std::vector<std::string> words(kWords);
  for (std::string& word : words) {
    for (uint64_t left = 2 + random() % 9; left > 0; --left) {
      word.push_back(static_cast<char>('a' + random() % 26));
    }
  }
  return words;
}

// Words at random, the first ones more often: text that compresses like text.
std::string MakeRemark(std::mt19937_64* random) {
  static const auto* const words = new std::vector<std::string>(MakeWords());
  std::string remark;
  while (remark.size() < kRemarkBytes) {
    const uint64_t range = 1 + (*random)() % kWords;
    absl::StrAppend(&remark, (*words)[(*random)() % range], " ");
  }
  remark.resize(kRemarkBytes);
  return remark;
}

absl::Status ProjectVisitors(const ProjectedEvent& event, Contributions* out) {
  const auto* visit = event.As<Visit>();
  if (visit == nullptr) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const Quantity visitors, Quantity::FromProto(visit->visitors()));
  out->Tally("visitors", {visit->lighthouse()}, visitors);
  return absl::OkStatus();
}

absl::Status ProjectShips(const ProjectedEvent& event, Contributions* out) {
  const auto* visit = event.As<Visit>();
  if (visit != nullptr) out->Member("ships", {visit->lighthouse()}, visit->ship());
  return absl::OkStatus();
}

absl::Status ProjectLatest(const ProjectedEvent& event, Contributions* out) {
  const auto* visit = event.As<Visit>();
  if (visit != nullptr) out->Register("latest", {visit->lighthouse()}, TextValue(visit->ship()));
  return absl::OkStatus();
}

}  // namespace

v1::Event CreatingEvent() {
  v1::TimelineCreated created;
  created.set_title("Visits");
  created.set_home_zone("UTC");
  created.set_domain(kDomain);
  v1::Event event;
  event.set_id("created");
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return event;
}

std::vector<v1::Event> MakeEvents(uint64_t seed, uint64_t first_number, size_t count) {
  std::vector<v1::Event> events(count);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t number = first_number + i;
    std::mt19937_64 random(seed + number);
    Visit visit;
    visit.set_lighthouse(absl::StrCat("lighthouse-", random() % kLighthouses));
    const auto visitors = static_cast<int64_t>(1 + random() % 50);
    *visit.mutable_visitors() = Quantity::Exactly(visitors).ToProto();
    visit.set_ship(absl::StrCat("ship-", random() % kShips));
    visit.set_remark(MakeRemark(&random));
    v1::Event& event = events[i];
    event.set_id(absl::StrFormat("visit-%012d", number));
    event.set_stream(visit.lighthouse());
    event.set_occurred(absl::StrFormat("2025-%02d-%02d", 1 + random() % 12, 1 + random() % 28));
    event.set_asserter("keeper");
    event.mutable_payload()->PackFrom(visit);
  }
  return events;
}

absl::Status AddTypes(PayloadTypes* types) {
  return types->AddDomain(kDomain, {Visit::descriptor()});
}

std::vector<Projection> MakeProjections() {
  return {
      {.name = "bench.visitors",
       .measures = {{"visitors", MeasureKind::kTally, {"lighthouse"}}},
       .project = ProjectVisitors},
      {.name = "bench.ships",
       .measures = {{"ships", MeasureKind::kSet, {"lighthouse"}}},
       .project = ProjectShips},
      {.name = "bench.latest",
       .measures = {{"latest", MeasureKind::kRegister, {"lighthouse"}}},
       .project = ProjectLatest},
  };
}

}  // namespace annals::bench
