// SideBySide: a real store and the model of it, taken through the same
// operations until they differ.
#ifndef ANNALS_TESTS_MODEL_SIDE_BY_SIDE_H_
#define ANNALS_TESTS_MODEL_SIDE_BY_SIDE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/index/index_options.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "tests/model/generator.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/operation.h"
#include "tests/model/random.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/projection_watch.h"
#include "tests/testing/temporary_directory.h"

namespace annals::model {

// Works in a temporary folder on two timelines, whose events have the same ids.
// Everything follows from the seed. Not thread-safe.
class SideBySide {
 public:
  explicit SideBySide(uint64_t seed);

  // Does `operations` operations. Returns "" if the store and the model agreed
  // throughout; otherwise what a person needs to understand it and do it again.
  std::string Run(uint64_t operations);

  // How often each kind of thing was done: "as-of 611, appended 402, …".
  std::string Tally() const;

  // What the seed makes of the index and of the writers.
  std::string Settings() const;

  // How many answers were compared: each view of a question at one as-of, each list
  // of events, and each kind of row and its contributors that an index was asked for
  // in one world.
  uint64_t answers() const { return answers_; }

 private:
  struct Subject {
    NaiveTimeline model;
    Generator generator;
  };

  // Each returns what differs; "" if nothing does.
  std::string Begin();
  std::string Open();
  std::string Reopen();
  std::string Crash();
  std::string CompareBeginnings();
  std::string Do(const Operation& operation, Subject* subject);
  std::string Append(const AppendRequest& request, NaiveTimeline* model);
  std::string AcceptReceipts(const std::vector<Receipt>& expected,
                             const std::vector<Receipt>& receipts, NaiveTimeline* model);
  std::string CompareHead(const NaiveTimeline& model);
  std::string CompareLog(const NaiveTimeline& model);
  std::string Ask(const Operation& operation, const NaiveTimeline& model);
  std::string AskIndex(const Operation& operation, const NaiveTimeline& model);
  const View& ViewNamed(const std::string& name) const;

  const uint64_t seed_;
  Random random_;
  testing::FakeClock clock_;
  const IndexOptions index_options_;
  testing::ProjectionWatch watch_;
  const std::vector<Domain> domains_;
  testing::TemporaryDirectory folder_;
  std::string store_folder_;
  uint64_t crashes_ = 0;
  uint64_t beginnings_ = 0;  // Of projections, that there is a reason for.
  uint64_t answers_ = 0;
  uint64_t drawn_ids_ = 0;
  std::unique_ptr<Store> store_;
  std::vector<Subject> subjects_;
  std::deque<std::string> last_operations_;
  std::map<std::string, uint64_t> tally_;
};

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_SIDE_BY_SIDE_H_
