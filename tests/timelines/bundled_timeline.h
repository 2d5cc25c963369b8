// BundledTimeline: the files of timelines/venezuela-2026, read as `annals load`
// reads them, and a store that has taken them in.
#ifndef ANNALS_TESTS_TIMELINES_BUNDLED_TIMELINE_H_
#define ANNALS_TESTS_TIMELINES_BUNDLED_TIMELINE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "engine/query/view.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

// The events of all files, in the order of the files' names. INVALID_ARGUMENT,
// with the file's name, if one can't be parsed.
absl::StatusOr<std::vector<v1::Event>> ReadBundledEvents();

// A view's rows in one world, by key ("KEY/KEY"): "COLUMN=VALUE [EVIDENCE] …",
// the evidence being event ids. What has no value is left out.
using Rows = std::map<std::string, std::string>;

// The store takes everything in on 1 June 2026, and it is that day ever after.
class BundledTimeline {
 public:
  static absl::StatusOr<std::unique_ptr<BundledTimeline>> Load();

  // `valid` and `known` as a person writes them; "": now.
  absl::StatusOr<Rows> Ask(const std::string& view, WorldKind world, const std::string& valid,
                           const std::string& known) const;

  // The same, without the evidence: "COLUMN=VALUE …".
  absl::StatusOr<Rows> AskValues(const std::string& view, WorldKind world, const std::string& valid,
                                 const std::string& known) const;

  Store& store() { return *store_; }

 private:
  BundledTimeline();

  absl::StatusOr<Rows> Render(const std::string& view, WorldKind world, const std::string& valid,
                              const std::string& known, bool with_evidence) const;

  TemporaryDirectory folder_;
  FakeClock clock_;
  const std::vector<Domain> domains_;
  std::unique_ptr<Store> store_;  // Last: it uses all of the above.
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TIMELINES_BUNDLED_TIMELINE_H_
