// Answers that were worked out by hand, from a file that people can check.
#ifndef ANNALS_TESTS_TIMELINES_ANSWER_FILE_H_
#define ANNALS_TESTS_TIMELINES_ANSWER_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace annals::testing {

// All rows of one view, as of one question, in both worlds: cells by key.
struct ExpectedAnswer {
  std::string view;
  std::string valid;  // "": now.
  std::string known;  // Likewise.
  std::map<std::string, std::string> certain;
  std::map<std::string, std::string> possible;
};

// The form is described at the top of venezuela_answers.txt. NOT_FOUND if there
// is no such file, INVALID_ARGUMENT if a line is of another form.
absl::StatusOr<std::vector<ExpectedAnswer>> ReadAnswerFile(const std::string& path);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TIMELINES_ANSWER_FILE_H_
