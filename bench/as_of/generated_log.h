// GeneratedLog: an event log that makes its events up when they are read.
#ifndef ANNALS_BENCH_AS_OF_GENERATED_LOG_H_
#define ANNALS_BENCH_AS_OF_GENERATED_LOG_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/as_of/claim_stream.h"
#include "engine/log/event_log.h"

namespace annals::bench {

// One timeline, kTimeline of domain kDomain, whose event at position p is the
// stream's claim number p. Takes no disk and no memory, so that what an index
// over it takes is the index's alone. Read only: appending, streams and types
// are UNIMPLEMENTED. Thread-safe.
class GeneratedLog final : public EventLog {
 public:
  static constexpr char kTimeline[] = "claims";
  static constexpr char kDomain[] = "bench";

  explicit GeneratedLog(const ClaimStream& claims) : claims_(claims) {}

  absl::StatusOr<std::vector<Receipt>> Append(AppendRequest request) override;
  std::vector<std::string> Timelines() const override;
  absl::StatusOr<TimelineSettings> Settings(absl::string_view timeline) const override;
  absl::StatusOr<Head> GetHead(absl::string_view timeline) const override;
  absl::StatusOr<v1::Event> Read(absl::string_view timeline, Position position) const override;
  absl::StatusOr<v1::Event> Find(absl::string_view timeline, absl::string_view id) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadAfter(absl::string_view timeline,
                                                         Position after) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadStream(absl::string_view timeline,
                                                          absl::string_view stream,
                                                          Position after) const override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadType(absl::string_view timeline,
                                                        absl::string_view type,
                                                        Position after) const override;
  absl::StatusOr<Census> TakeCensus(absl::string_view timeline) const override;
  void AddCommitListener(std::function<void()> listener) override;

 private:
  const ClaimStream claims_;
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_GENERATED_LOG_H_
