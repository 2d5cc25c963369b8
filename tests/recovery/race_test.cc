// Writers race each other for the same revisions.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/log/log_verifier.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/model/random.h"
#include "tests/recovery/history.h"
#include "tests/recovery/rounds.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/status_matchers.h"

namespace annals::recovery {
namespace {

constexpr int kWriters = 6;
constexpr int kAppendsAWriter = 6;
constexpr uint64_t kStreams = 2;

class RaceTest : public testing::LogFixture {
 protected:
  RaceTest() : disk_(directory_.path(), testing::Recording::kOff) { EXPECT_OK(Reopen()); }

  // What a writer expects of a stream of which it last heard `revision`.
  static ExpectedRevision Expect(uint64_t revision, model::Random* random) {
    const uint64_t choice = random->Below(10);
    if (choice == 0) return ExpectedRevision::Any();
    if (choice == 1) return ExpectedRevision::Exists();
    return ExpectedRevision::Exactly(revision);
  }

  uint64_t Revision(const std::string& timeline, const std::string& stream) {
    uint64_t revision = 0;
    const auto reader = log().ReadStream(timeline, stream, {0});
    while (reader.ok() && (*reader)->Next()) revision = (*reader)->event().revision();
    return revision;
  }

  // One writer's appends.
  std::string Write(const std::string& timeline, uint64_t seed, int writer,
                    std::vector<Race>* races) {
    model::Random random(seed * kWriters + writer);
    for (int number = 0; number < kAppendsAWriter; ++number) {
      Race race = {.stream = absl::StrCat("s", random.Below(kStreams)),
                   .events = random.Below(3) == 0 ? 2u : 1u};
      race.expected = Expect(Revision(timeline, race.stream), &random);
      AppendRequest request = {.timeline = timeline, .expected = race.expected};
      for (uint64_t i = 0; i < race.events; ++i) {
        const std::string id = absl::StrCat("w", writer, "-", number, "-", i);
        request.events.push_back(testing::MakeNote(id, race.stream));
      }
      race.begin = ++tickets_;
      const auto receipts = log().Append(request);
      race.end = ++tickets_;
      race.won = receipts.ok();
      if (receipts.ok()) {
        race.revision = receipts->front().revision;
        race.position = receipts->front().position.value;
        const auto head = log().GetHead(timeline);
        if (!head.ok() || head->position < receipts->back().position) {
          return "what was acknowledged lies beyond the head\n";
        }
      } else if (!absl::IsAborted(receipts.status())) {
        return receipts.status().ToString() + "\n";
      }
      races->push_back(race);
    }
    return "";
  }

  std::string Round(uint64_t seed) {
    const std::string timeline = absl::StrCat("t", seed);
    const auto made = log().Append({.timeline = timeline, .events = {testing::MakeTimeline()}});
    if (!made.ok()) return made.status().ToString() + "\n";
    std::vector<std::vector<Race>> races(kWriters);
    std::vector<std::string> wrong(kWriters);
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] { wrong[i] = Write(timeline, seed, i, &races[i]); });
    }
    for (std::thread& writer : writers) writer.join();
    std::vector<Race> history;
    for (int i = 0; i < kWriters; ++i) {
      if (!wrong[i].empty()) return wrong[i];
      history.insert(history.end(), races[i].begin(), races[i].end());
    }
    for (const Race& race : history) ++(race.won ? won_ : lost_);
    return CheckHistory(history);
  }

  testing::FaultyDisk disk_;  // Syncs take no time.
  std::atomic<uint64_t> tickets_ = 0;
  uint64_t won_ = 0;
  uint64_t lost_ = 0;
};

TEST_F(RaceTest, ComesOutAsIfOneAfterTheOther) {
  RunRounds(
      "race", RoundsOr(500), [&](uint64_t seed) { return Round(seed); },
      [&] { return absl::StrCat(won_, " appends won, ", lost_, " lost"); });
  EXPECT_GT(lost_, 0u) << "no one raced";
  ASSERT_OK(Reopen());
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  Close();
}

}  // namespace
}  // namespace annals::recovery
