// StoreServiceTest: a store with the timeline "sea", and the service over it.
#ifndef ANNALS_TESTS_ENGINE_SERVICE_STORE_SERVICE_FIXTURE_H_
#define ANNALS_TESTS_ENGINE_SERVICE_STORE_SERVICE_FIXTURE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/base/instant.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "engine/service/store_service.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/shipwrecks/shipwrecks_domain.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

inline constexpr char kSea[] = "sea";
inline constexpr uint32_t kMostOnAPage = 20;

// Every look at it is a microsecond later: whoever takes "now" twice is found out.
class TickingClock final : public Clock {
 public:
  explicit TickingClock(Instant start) : micros_(start.micros) {}
  Instant Now() const override { return {micros_.fetch_add(1)}; }

 private:
  mutable std::atomic<int64_t> micros_;
};

// A store with a service over it, and nothing in it.
class OpenedStore {
 public:
  OpenedStore(const std::vector<Domain>* domains, Instant now);

  Service& service() { return *service_; }
  Store& store() { return *store_; }
  const Clock& clock() const { return clock_; }

 private:
  const TemporaryDirectory directory_;
  TickingClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreService> service_;
};

// A request with its timeline; the rest as the test goes on to say.
template <typename Request>
Request Asked(absl::string_view timeline = kSea) {
  Request request;
  request.set_timeline(std::string(timeline));
  return request;
}

// A timeline of shipwrecks, whose days are Amsterdam's.
v1::CreateTimelineRequest Creation(const std::string& name, const std::string& title);

std::vector<std::string> Ids(const v1::EventList& list);

class StoreServiceTest : public ::testing::Test {
 protected:
  void SetUp() override;

  Service& service() { return opened_.service(); }

  absl::StatusOr<v1::AppendResponse> Append(const std::vector<v1::Event>& events,
                                            const std::string& expected = "");

  // Positions 2 to 6. The loss of the rose is known in March, and exactly in May.
  void TellOfTwoShips();

  absl::StatusOr<std::vector<std::string>> Read(const v1::ReadEventsRequest& request);

  // Every page of a question, end to end. `between` runs after each page.
  std::vector<std::string> Pages(
      v1::ListEventsRequest request, const std::function<void()>& between = [] {});

  const std::vector<Domain> domains_{Shipwrecks()};
  OpenedStore opened_{&domains_, At("2032-01-01T00:00:00Z")};
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_SERVICE_STORE_SERVICE_FIXTURE_H_
