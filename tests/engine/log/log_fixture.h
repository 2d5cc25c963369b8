// LogFixture: a store in a temporary folder, opened and reopened at will.
#ifndef ANNALS_TESTS_ENGINE_LOG_LOG_FIXTURE_H_
#define ANNALS_TESTS_ENGINE_LOG_LOG_FIXTURE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/storage/store_folder.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/engine/log/test_payloads.pb.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

// 2026-01-15T12:00:00Z.
inline constexpr Instant kNoon = {1'768'478'400'000'000};
inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kDay = 86'400 * kSecond;

// Midnight of a day in January 2026, UTC.
constexpr Instant January(int day) { return {kNoon.micros - kDay / 2 + (day - 15) * kDay}; }

inline v1::Event MakeNote(const std::string& id, const std::string& stream,
                          const std::string& text = "text") {
  v1::Event event;
  event.set_id(id);
  event.set_stream(stream);
  Note note;
  note.set_text(text);
  event.mutable_payload()->PackFrom(note);
  return event;
}

inline v1::Event MakeTimeline(const std::string& id = "created", const std::string& zone = "UTC") {
  v1::TimelineCreated created;
  created.set_title("A test");
  created.set_home_zone(zone);
  created.set_domain("test");
  v1::Event event;
  event.set_id(id);
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return event;
}

inline v1::Event MakeSource(const std::string& id, const std::string& source,
                            const std::string& published = "", const std::string& sha256 = "") {
  v1::SourceRegistered registered;
  registered.set_source(source);
  registered.set_title("A source");
  registered.set_published(published);
  registered.set_sha256(sha256);
  v1::Event event;
  event.set_id(id);
  event.set_stream("source/" + source);
  event.mutable_payload()->PackFrom(registered);
  return event;
}

class LogFixture : public ::testing::Test {
 protected:
  LogFixture() {
    EXPECT_OK(types_.AddDomain("test", {Note::descriptor()}));
    EXPECT_OK(storage::StoreFolder::Create(path()));
    EXPECT_OK(Open());
  }

  std::string path() const { return directory_.path() + "/store"; }
  EventLog& log() { return *log_; }
  storage::StoreFolder& folder() { return *folder_; }

  absl::Status Open() {
    ANNALS_ASSIGN_OR_RETURN(folder_,
                            storage::StoreFolder::Open(path(), {.block_cache_bytes = 1 << 20}));
    ANNALS_ASSIGN_OR_RETURN(
        log_, EventLog::Open(folder_.get(), &types_,
                             {.clock = &clock_, .draw_id = draw_id_, .draw_bytes = draw_bytes_}));
    return absl::OkStatus();
  }

  void Close() {
    log_.reset();
    folder_.reset();
  }

  absl::Status Reopen() {
    Close();
    return Open();
  }

  // Creates the timeline "t".
  void CreateTimeline() { ASSERT_OK(Append({MakeTimeline()})); }

  absl::StatusOr<std::vector<Receipt>> Append(std::vector<v1::Event> events,
                                              ExpectedRevision expected = ExpectedRevision::Any(),
                                              Provenance provenance = Provenance::kStated) {
    return log_->Append({.timeline = "t",
                         .events = std::move(events),
                         .expected = expected,
                         .provenance = provenance});
  }

  // The ids of the reader's events, in order.
  static std::vector<std::string> Ids(absl::StatusOr<std::unique_ptr<EventReader>> reader) {
    EXPECT_OK(reader);
    std::vector<std::string> ids;
    if (!reader.ok()) return ids;
    while ((*reader)->Next()) ids.push_back((*reader)->event().id());
    EXPECT_OK((*reader)->status());
    return ids;
  }

  TemporaryDirectory directory_;
  FakeClock clock_{kNoon};
  PayloadTypes types_;
  std::function<std::string()> draw_id_;
  std::function<std::string(size_t)> draw_bytes_;
  std::unique_ptr<storage::StoreFolder> folder_;
  std::unique_ptr<EventLog> log_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_LOG_LOG_FIXTURE_H_
