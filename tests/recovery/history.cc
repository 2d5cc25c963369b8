#include "tests/recovery/history.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"

namespace annals::recovery {
namespace {

std::string Describe(const Race& race) {
  return absl::StrCat(
      race.stream, " expected ", race.expected.ToString(), ", ", race.events, " events, tickets ",
      race.begin, " to ", race.end,
      race.won ? absl::StrCat(", won revision ", race.revision, " at position ", race.position)
               : ", aborted");
}

// Whoever ended before another began comes before it.
std::string CheckRealTime(std::vector<Race> winners) {
  std::sort(winners.begin(), winners.end(),
            [](const Race& a, const Race& b) { return a.position < b.position; });
  uint64_t latest_begin = 0;
  const Race* latest = nullptr;
  for (const Race& race : winners) {
    if (race.end < latest_begin) {
      return absl::StrCat("out of order: ", Describe(race), " after ", Describe(*latest), "\n");
    }
    if (race.begin > latest_begin) {
      latest_begin = race.begin;
      latest = &race;
    }
  }
  return "";
}

// `winners` in order of revision.
std::string CheckWinners(const std::vector<Race>& winners) {
  uint64_t revision = 0;
  for (const Race& race : winners) {
    if (race.revision != revision + 1) {
      return absl::StrCat("after revision ", revision, ": ", Describe(race), "\n");
    }
    if (!race.expected.Admits(revision)) {
      return absl::StrCat("won, though the revision was ", revision, ": ", Describe(race), "\n");
    }
    revision += race.events;
  }
  return "";
}

// There must have been a moment at which the stream wasn't as expected.
std::string CheckLoser(const Race& loser, const std::vector<Race>& winners) {
  uint64_t revision = 0;
  uint64_t least = 0;  // Winners that had ended before.
  for (size_t i = 0; i < winners.size(); ++i) {
    if (winners[i].end < loser.begin) least = i + 1;
  }
  for (size_t before = 0; before <= winners.size(); ++before) {
    if (before >= least && !loser.expected.Admits(revision)) return "";
    if (before == winners.size() || winners[before].begin > loser.end) break;
    revision += winners[before].events;
  }
  return absl::StrCat("aborted without a cause: ", Describe(loser), "\n");
}

}  // namespace

std::string CheckHistory(const std::vector<Race>& races) {
  std::vector<Race> all_winners;
  std::map<std::string, std::vector<Race>> winners;
  for (const Race& race : races) {
    if (!race.won) continue;
    all_winners.push_back(race);
    winners[race.stream].push_back(race);
  }
  std::string wrong = CheckRealTime(all_winners);
  for (auto& [stream, of_stream] : winners) {
    std::sort(of_stream.begin(), of_stream.end(),
              [](const Race& a, const Race& b) { return a.revision < b.revision; });
    if (wrong.empty()) wrong = CheckWinners(of_stream);
  }
  for (const Race& race : races) {
    if (wrong.empty() && !race.won) wrong = CheckLoser(race, winners[race.stream]);
  }
  return wrong;
}

}  // namespace annals::recovery
