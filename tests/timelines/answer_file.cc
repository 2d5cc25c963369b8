#include "tests/timelines/answer_file.h"

#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace annals::testing {
namespace {

// Which worlds the rows that follow belong to.
struct Worlds {
  bool certain = false;
  bool possible = false;
};

std::string Date(absl::string_view text, absl::string_view name) {
  absl::ConsumePrefix(&text, name);
  return text == "now" ? "" : std::string(text);
}

// "== VIEW | valid DATE | known DATE"
bool ReadHeading(absl::string_view line, std::vector<ExpectedAnswer>* answers) {
  if (!absl::ConsumePrefix(&line, "== ")) return false;
  const std::vector<std::string> parts = absl::StrSplit(line, " | ");
  if (parts.size() != 3) return false;
  answers->push_back({parts[0], Date(parts[1], "valid "), Date(parts[2], "known "), {}, {}});
  return true;
}

bool ReadWorlds(absl::string_view line, Worlds* worlds) {
  if (line != "certain" && line != "possible" && line != "both") return false;
  *worlds = {.certain = line != "possible", .possible = line != "certain"};
  return true;
}

// "  KEY: CELLS"
bool ReadRow(absl::string_view line, const Worlds& worlds, ExpectedAnswer* answer) {
  if (!absl::ConsumePrefix(&line, "  ")) return false;
  const std::pair<std::string, std::string> row = absl::StrSplit(line, absl::MaxSplits(": ", 1));
  if (row.second.empty()) return false;
  if (worlds.certain && !answer->certain.insert(row).second) return false;
  return !worlds.possible || answer->possible.insert(row).second;
}

}  // namespace

absl::StatusOr<std::vector<ExpectedAnswer>> ReadAnswerFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " is not there"));
  std::vector<ExpectedAnswer> answers;
  Worlds worlds;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "#")) continue;
    if (ReadHeading(line, &answers)) {
      worlds = {};
      continue;
    }
    const bool understood =
        !answers.empty() && (ReadWorlds(line, &worlds) || ReadRow(line, worlds, &answers.back()));
    if (!understood || (line[0] == ' ' && !worlds.certain && !worlds.possible)) {
      return absl::InvalidArgumentError(absl::StrCat(path, ", line ", number, ": \"", line, "\""));
    }
  }
  return answers;
}

}  // namespace annals::testing
