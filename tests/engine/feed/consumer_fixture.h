// ConsumerFixture: a log with the timeline "t", and its durable consumers.
#ifndef ANNALS_TESTS_ENGINE_FEED_CONSUMER_FIXTURE_H_
#define ANNALS_TESTS_ENGINE_FEED_CONSUMER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/feed/consumers.h"
#include "engine/feed/durable_consumer.h"
#include "engine/feed/feed.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/feed.pb.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {

class ConsumerFixture : public LogFixture {
 protected:
  ConsumerFixture() {
    EXPECT_OK(Append({MakeTimeline()}));
    OpenConsumers();
  }

  void OpenConsumers() {
    feed_ = std::make_unique<Feed>(&log(), Feed::Options{.tail = {.max_events = 50}});
    auto opened = Consumers::Open(folder().database(), &log(), feed_.get(), &clock_);
    EXPECT_OK(opened);
    if (opened.ok()) consumers_ = *std::move(opened);
  }

  void CloseConsumers() {
    consumers_.reset();
    feed_.reset();
  }

  void ReopenAll() {
    CloseConsumers();
    ASSERT_OK(Reopen());
    OpenConsumers();
  }

  Consumers& consumers() { return *consumers_; }

  // Settings of the consumer "c", for the streams below "s".
  static v1::Consumer Settings() {
    v1::Consumer settings;
    settings.set_timeline("t");
    settings.set_name("c");
    settings.mutable_filter()->add_stream_prefixes("s");
    settings.set_visibility_ms(10'000);
    settings.set_max_deliveries(3);
    return settings;
  }

  // Makes it if need be. Not to be held while the store is opened again.
  std::shared_ptr<DurableConsumer> Consumer(const v1::Consumer& settings = Settings()) {
    EXPECT_OK(consumers().Create(settings));
    auto found = consumers().Find(settings.timeline(), settings.name());
    EXPECT_OK(found);
    return *std::move(found);
  }

  // One event in each of `streams`, in this order.
  void AppendTo(const std::vector<std::string>& streams) {
    std::vector<v1::Event> events;
    for (const std::string& stream : streams) {
      events.push_back(MakeNote(absl::StrCat("e", ++appended_), stream));
    }
    ASSERT_OK(Append(std::move(events)));
  }

  static std::vector<uint64_t> Positions(const absl::StatusOr<Fetched>& fetched) {
    EXPECT_OK(fetched);
    std::vector<uint64_t> positions;
    if (!fetched.ok()) return positions;
    for (const Lease& lease : fetched->leases) positions.push_back(lease.event->position().value);
    return positions;
  }

  static std::vector<uint64_t> Numbers(const std::vector<Position>& positions) {
    std::vector<uint64_t> numbers;
    for (const Position position : positions) numbers.push_back(position.value);
    return numbers;
  }

  int appended_ = 0;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<annals::Consumers> consumers_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_FEED_CONSUMER_FIXTURE_H_
