#include "tests/model/side_by_side.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/model/compare_answers.h"
#include "tests/model/compare_index.h"
#include "tests/model/random_index.h"
#include "tests/testing/crashed_copy.h"
#include "tests/testing/lighthouses/lighthouses.h"

namespace annals::model {
namespace {

using Kind = Operation::Kind;

constexpr Instant kStart = {1'772'000'000'123'456};  // In February 2026.
constexpr size_t kRemembered = 12;

// A zone whose clocks change, and the usual widths, for the first timeline;
// another zone and other widths for the second.
std::vector<NaiveTimeline> Timelines() {
  const absl::StatusOr<HomeZone> lisbon = HomeZone::Load("Europe/Lisbon");
  const absl::StatusOr<HomeZone> caracas = HomeZone::Load("America/Caracas");
  if (!lisbon.ok() || !caracas.ok()) std::abort();  // No zone database (package tzdata).
  std::vector<NaiveTimeline> timelines;
  timelines.emplace_back("north", *lisbon, QualifierWidths{});
  timelines.emplace_back("south", *caracas, QualifierWidths{3, 2, 5});
  return timelines;
}

AppendRequest Creation(const NaiveTimeline& model, const QualifierWidths& widths) {
  v1::TimelineCreated created;
  created.set_title("Lighthouses");
  created.set_home_zone(model.zone().name());
  created.set_domain("lighthouses");
  created.set_uncertain_units(widths.uncertain);
  created.set_approximate_units(widths.approximate);
  created.set_uncertain_and_approximate_units(widths.uncertain_and_approximate);
  v1::Event event;
  event.set_id("created");
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return {.timeline = model.name(), .events = {event}};
}

uint64_t AnswersOf(const Operation& question) {
  if (question.kind == Kind::kHistory) return question.steps.size();
  if (question.kind == Kind::kIndex) return question.probes.size() * kAnswersOfAnIndexQuestion;
  return 1;
}

std::string Codes(const std::set<absl::StatusCode>& codes) {
  return absl::StrJoin(codes, " or ", [](std::string* out, absl::StatusCode code) {
    *out += absl::StatusCodeToString(code);
  });
}

std::string ReceiptText(const Receipt& receipt) {
  return absl::StrCat(receipt.id, " at ", receipt.position.value, ", revision ", receipt.revision,
                      ", recorded at ", receipt.recorded_at.micros,
                      receipt.duplicate ? ", a duplicate" : "");
}

}  // namespace

SideBySide::SideBySide(uint64_t seed)
    : seed_(seed),
      random_(seed),
      clock_(kStart),
      index_options_(RandomIndex(seed)),
      domains_({watch_.Watched(testing::LighthousesDomain())}),
      store_folder_(folder_.path() + "/store") {
  for (NaiveTimeline& timeline : Timelines()) {
    subjects_.push_back({std::move(timeline), Generator(seed * 2 + subjects_.size())});
  }
}

std::string SideBySide::Run(uint64_t operations) {
  std::string difference = Begin();
  uint64_t step = 0;
  Operation operation;
  while (difference.empty() && step < operations) {
    ++step;
    Subject* subject = &subjects_[random_.Percent(85) ? 0 : 1];
    operation = subject->generator.Next(subject->model, clock_.Now());
    last_operations_.push_back(absl::StrCat("  ", step, ": ", Describe(operation), "\n"));
    if (last_operations_.size() > kRemembered) last_operations_.pop_front();
    difference = Do(operation, subject);
  }
  store_.reset();
  if (difference.empty()) return "";
  return absl::StrCat("seed ", seed_, ", step ", step, ": ", Describe(operation), "\n", difference,
                      "with ", Settings(), "\n", "the last operations:\n",
                      absl::StrJoin(last_operations_, ""), "do it again with --seed=", seed_,
                      " --operations=", step, "\n");
}

std::string SideBySide::Tally() const {
  return absl::StrJoin(tally_, ", ", absl::PairFormatter(" "));
}

std::string SideBySide::Settings() const {
  return absl::StrCat(Describe(index_options_), "; ", Describe(subjects_[0].generator.temper()));
}

std::string SideBySide::Begin() {
  const absl::Status created = Store::Create(store_folder_);
  if (!created.ok()) return created.ToString();
  std::string difference = Open();
  const std::vector<QualifierWidths> widths = {{}, {3, 2, 5}};
  for (size_t i = 0; i < subjects_.size() && difference.empty(); ++i) {
    difference = Append(Creation(subjects_[i].model, widths[i]), &subjects_[i].model);
    beginnings_ += domains_.front().projections.size();
  }
  return difference.empty() ? CompareBeginnings() : difference;
}

std::string SideBySide::Open() {
  store_.reset();
  Store::Options options;
  options.clock = &clock_;
  options.draw_id = [this] { return absl::StrCat("drawn-", ++drawn_ids_); };
  options.database.block_cache_bytes = size_t{8} << 20;
  options.database.write_buffer_bytes = size_t{4} << 20;
  options.index = index_options_;
  auto store = Store::Open(store_folder_, &domains_, options);
  if (!store.ok()) return absl::StrCat("engine: ", store.status().ToString(), "\n");
  store_ = *std::move(store);
  return "";
}

std::string SideBySide::Reopen() {
  std::string difference = Open();
  for (const Subject& each : subjects_) {
    if (difference.empty()) difference = CompareLog(each.model);
  }
  return difference.empty() ? CompareBeginnings() : difference;
}

std::string SideBySide::Crash() {
  const std::string left = absl::StrCat(folder_.path(), "/store-", ++crashes_);
  const absl::Status copied = testing::CopyAsCrashed(store_folder_, left);
  if (!copied.ok()) return copied.ToString() + "\n";
  store_.reset();
  std::filesystem::remove_all(store_folder_);
  store_folder_ = left;
  return Reopen();
}

// Once every event is taken in: a projection that was built from the first one, and
// no one asked for it, has lost what was stored.
std::string SideBySide::CompareBeginnings() {
  for (const Subject& each : subjects_) {
    const absl::Status caught_up =
        store_->projections().WaitFor(each.model.name(), {each.model.head()});
    if (!caught_up.ok()) return absl::StrCat("engine: ", caught_up.ToString(), "\n");
  }
  if (watch_.beginnings() == beginnings_) return "";
  return absl::StrCat("  projections were begun ", watch_.beginnings(), " times, not ", beginnings_,
                      "\n");
}

std::string SideBySide::Do(const Operation& operation, Subject* subject) {
  const NaiveTimeline& model = subject->model;
  const QueryEngine& engine = store_->queries();
  switch (operation.kind) {
    case Kind::kAppend:
      return Append(operation.append, &subject->model);
    case Kind::kAdvanceClock:
      ++tally_["moved the clock"];
      clock_.Advance(operation.micros);
      return ComparePin(engine, model, clock_.Now());
    case Kind::kReopen:
      ++tally_["reopened"];
      return Reopen();
    case Kind::kCrash:
      ++tally_["crashed"];
      return Crash();
    case Kind::kRebuild: {
      ++tally_["rebuilt"];
      const absl::Status rebuilt =
          store_->projections().Rebuild(model.name(), [](Position, Position) {});
      beginnings_ += domains_.front().projections.size();
      return rebuilt.ok() ? CompareBeginnings()
                          : absl::StrCat("engine: ", rebuilt.ToString(), "\n");
    }
    default:
      return Ask(operation, model);
  }
}

std::string SideBySide::Ask(const Operation& operation, const NaiveTimeline& model) {
  const QueryEngine& engine = store_->queries();
  answers_ += AnswersOf(operation);
  switch (operation.kind) {
    case Kind::kAsOf:
      ++tally_["as-of"];
      return CompareAsOf(engine, model, operation, ViewNamed(operation.view));
    case Kind::kWhy:
      ++tally_["why"];
      return CompareWhy(engine, model, operation, ViewNamed(operation.view));
    case Kind::kDiff:
      ++tally_["diff"];
      return CompareDiff(engine, model, operation, ViewNamed(operation.view));
    case Kind::kHistory:
      ++tally_["history"];
      return CompareHistory(engine, model, operation, ViewNamed(operation.view));
    case Kind::kTimeline:
      ++tally_["timeline"];
      return CompareTimeline(engine, model, operation);
    case Kind::kIndex:
      ++tally_["index"];
      return AskIndex(operation, model);
    default:
      return "";  // Nothing is asked.
  }
}

std::string SideBySide::Append(const AppendRequest& request, NaiveTimeline* model) {
  NaiveTimeline::Verdict verdict;
  if (request.timeline == model->name()) {
    verdict = model->Append(request, clock_.Now());
  } else {
    verdict.refusals.insert(absl::StatusCode::kNotFound);
  }
  const auto receipts = store_->log().Append(request);
  if (receipts.ok() != verdict.refusals.empty()) {
    return absl::StrCat("  model:  ", verdict.refusals.empty() ? "OK" : Codes(verdict.refusals),
                        "\n  engine: ", receipts.status().ToString(), "\n");
  }
  if (!receipts.ok()) {
    ++tally_["refused"];
    if (!verdict.refusals.contains(receipts.status().code())) {
      return absl::StrCat("  model:  ", Codes(verdict.refusals),
                          "\n  engine: ", receipts.status().ToString(), "\n");
    }
    return CompareHead(*model);
  }
  const std::string difference = AcceptReceipts(verdict.receipts, *receipts, model);
  return difference.empty() ? CompareHead(*model) : difference;
}

std::string SideBySide::AcceptReceipts(const std::vector<Receipt>& expected,
                                       const std::vector<Receipt>& receipts, NaiveTimeline* model) {
  if (expected.size() != receipts.size()) {
    return absl::StrCat("engine: ", receipts.size(), " receipts\n");
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    Receipt ours = expected[i];
    const Receipt& theirs = receipts[i];
    ++tally_[ours.duplicate ? "repeated" : "appended"];
    if (ours.id.empty()) {
      if (theirs.id.empty() || model->Find(theirs.id) != nullptr) {
        return absl::StrCat("engine: drew the id \"", theirs.id, "\"\n");
      }
      model->NameEvent(ours.position.value, theirs.id);
      ours.id = theirs.id;
    }
    if (ReceiptText(ours) != ReceiptText(theirs)) {
      return absl::StrCat("  model:  ", ReceiptText(ours), "\n  engine: ", ReceiptText(theirs),
                          "\n");
    }
  }
  return "";
}

std::string SideBySide::CompareHead(const NaiveTimeline& model) {
  const auto head = store_->log().GetHead(model.name());
  if (!head.ok()) {
    // A timeline that is yet to be created.
    return model.head() == 0 && absl::IsNotFound(head.status()) ? "" : head.status().ToString();
  }
  if (head->position.value == model.head() &&
      head->recorded_at == model.facts().back().recorded_at) {
    return "";
  }
  return absl::StrCat("  model:  head ", model.head(), "\n  engine: head ", head->position.value,
                      ", recorded at ", head->recorded_at.micros, "\n");
}

std::string SideBySide::CompareLog(const NaiveTimeline& model) {
  const auto reader = store_->log().ReadAfter(model.name(), {0});
  if (!reader.ok()) return absl::StrCat("engine: ", reader.status().ToString(), "\n");
  for (const Fact& fact : model.facts()) {
    if (!(*reader)->Next()) {
      return absl::StrCat("engine: no event at ", fact.position, ", ",
                          (*reader)->status().ToString(), "\n");
    }
    const std::string ours = EventText(Recorded(fact, model));
    const std::string theirs = EventText((*reader)->event());
    if (ours != theirs) return absl::StrCat("  model:  ", ours, "  engine: ", theirs);
  }
  if ((*reader)->Next()) return "engine: an event beyond the head\n";
  return (*reader)->status().ok() ? "" : (*reader)->status().ToString();
}

std::string SideBySide::AskIndex(const Operation& operation, const NaiveTimeline& model) {
  const absl::Status caught_up = store_->projections().WaitFor(model.name(), {model.head()});
  if (!caught_up.ok()) return absl::StrCat("engine: ", caught_up.ToString(), "\n");
  const auto index = store_->projections().Index(model.name());
  if (!index.ok()) return absl::StrCat("engine: ", index.status().ToString(), "\n");
  for (const Probe& probe : operation.probes) {
    const IndexQuestion question = {probe.measure, probe.key, operation.as_of, operation.limit};
    ++tally_[absl::StrCat("by ", HowAnswered(**index, question))];
    const std::string difference = CompareIndex(**index, model, question);
    if (!difference.empty()) return absl::StrCat("  ", Describe(probe), "\n", difference);
  }
  return "";
}

const View& SideBySide::ViewNamed(const std::string& name) const {
  for (const View& view : domains_.front().views) {
    if (view.name == name) return view;
  }
  std::abort();  // The generator asks for no other views.
}

}  // namespace annals::model
