// Progress: tells whoever waits how far a long job is.
#ifndef ANNALS_CLI_PROGRESS_H_
#define ANNALS_CLI_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/instant.h"

namespace annals {

// Silent for the first second. After that, on a terminal one line that is
// written over; elsewhere a line for every 10,000 `things`. Not thread-safe.
class Progress {
 public:
  Progress(std::ostream* err, bool terminal, const Clock* clock, std::string verb,
           std::string things = "events");
  // Ends the moving line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of them so far; `total` where it is known.
  void Update(uint64_t done, std::optional<uint64_t> total = std::nullopt);

 private:
  std::string Line(uint64_t done, std::optional<uint64_t> total, int64_t elapsed_micros) const;

  std::ostream* const err_;
  const bool terminal_;
  const Clock* const clock_;
  const std::string verb_;
  const std::string things_;
  const Instant started_;
  Instant shown_;
  uint64_t told_ = 0;  // Ten thousands that have a line.
  bool moving_ = false;
};

}  // namespace annals

#endif  // ANNALS_CLI_PROGRESS_H_
