// The clock jumps, forwards and back.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/log_verifier.h"
#include "engine/time/home_zone.h"
#include "gtest/gtest.h"
#include "tests/model/compare_answers.h"
#include "tests/model/generator.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/random.h"
#include "tests/recovery/rounds.h"
#include "tests/recovery/scripted_run.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::recovery {
namespace {

constexpr uint64_t kSeedsAStore = 50;  // Each has a timeline of its own in it.
constexpr int kJumps = 8;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr Instant kStart = {1'772'000'000'000'000};  // In February 2026.

Instant Jump(Instant now, model::Random* random) {
  const std::vector<int64_t> reaches = {1, kSecond, 3600 * kSecond, kDay, 400 * kDay, 15000 * kDay};
  if (random->Percent(5)) return {0};  // A machine without a battery.
  const int64_t reach = random->Pick(reaches);
  const Instant next = {now.micros + random->Between(-reach, reach)};
  return next.micros > -20'000 * kDay && next.micros < 60'000 * kDay ? next : kStart;
}

class ClockTest : public ::testing::Test {
 protected:
  ClockTest() : domains_({testing::LighthousesDomain()}) {}

  absl::Status Open() {
    store_.reset();
    auto store = Store::Open(path_, &domains_, {.clock = &clock_});
    if (store.ok()) store_ = *std::move(store);
    return store.status();
  }

  void BeginStore() {
    EndStore();
    folder_ = std::make_unique<testing::TemporaryDirectory>();
    disk_ = std::make_unique<testing::FaultyDisk>(folder_->path());
    path_ = folder_->path() + "/store";
    ASSERT_OK(Store::Create(path_));
    ASSERT_OK(Open());
  }

  void EndStore() {
    if (store_ != nullptr) {
      EXPECT_OK(VerifyLog(store_->folder(), store_->log(), [](const VerifyReport&) {}));
    }
    store_.reset();
    disk_.reset();
  }

  std::string Append(const AppendRequest& request, model::NaiveTimeline* naive) {
    const auto verdict = naive->Append(request, clock_.Now());
    const auto receipts = store_->log().Append(request);
    if (receipts.ok() != verdict.refusals.empty()) return receipts.status().ToString() + "\n";
    for (size_t i = 0; receipts.ok() && i < receipts->size(); ++i) {
      const Receipt& ours = verdict.receipts[i];
      const Receipt& theirs = (*receipts)[i];
      if (ours.id.empty()) naive->NameEvent(ours.position.value, theirs.id);
      if (ours.position != theirs.position || ours.recorded_at != theirs.recorded_at) {
        return absl::StrCat("at ", theirs.position.value, " recorded at ",
                            theirs.recorded_at.micros, ", not at ", ours.position.value, ", ",
                            ours.recorded_at.micros, "\n");
      }
    }
    return "";
  }

  // What is asked without coordinates sees all that is recorded.
  std::string Ask(const model::NaiveTimeline& naive, model::Random* random) {
    const std::string wrong = ComparePin(store_->queries(), naive, clock_.Now());
    if (!wrong.empty()) return wrong;
    const auto pinned = store_->queries().Pin(naive.name(), {});
    if (!pinned.ok()) return pinned.status().ToString() + "\n";
    const View& view = random->Pick(domains_.front().views);
    model::Operation question;
    question.kind = model::Operation::Kind::kAsOf;
    question.timeline = naive.name();
    question.view = view.name;
    question.as_of = *pinned;
    question.limit = 1000;
    return CompareAsOf(store_->queries(), naive, question, view);
  }

  std::string Round(uint64_t seed) {
    if (store_ == nullptr || seed % kSeedsAStore == 0) BeginStore();
    const std::string name = absl::StrCat("t", seed);
    model::NaiveTimeline naive(name, *HomeZone::Load("UTC"), QualifierWidths());
    model::Generator generator(seed);
    model::Random random(seed);
    clock_.Set(kStart);
    std::string wrong = Append({.timeline = name, .events = {MakeCreation()}}, &naive);
    const uint64_t reopens = random.Percent(10) ? random.Below(kJumps) : kJumps;
    for (uint64_t i = 0; i < kJumps && wrong.empty(); ++i) {
      clock_.Set(Jump(clock_.Now(), &random));
      if (i == reopens && !Open().ok()) return "the store can't be opened again\n";
      for (bool appended = false; !appended && wrong.empty();) {
        const model::Operation next = generator.Next(naive, clock_.Now());
        appended = next.kind == model::Operation::Kind::kAppend && next.append.timeline == name;
        if (appended) wrong = Append(next.append, &naive);
      }
    }
    return wrong.empty() ? Ask(naive, &random) : wrong;
  }

  const std::vector<Domain> domains_;
  testing::FakeClock clock_{kStart};
  std::unique_ptr<testing::TemporaryDirectory> folder_;
  std::unique_ptr<testing::FaultyDisk> disk_;
  std::string path_;
  std::unique_ptr<Store> store_;
};

TEST_F(ClockTest, RecordedTimeGrowsAndNothingIsHidden) {
  RunRounds("clock", RoundsOr(1000), [&](uint64_t seed) { return Round(seed); });
  EndStore();
}

}  // namespace
}  // namespace annals::recovery
