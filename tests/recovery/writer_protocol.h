// What a writer in a process of its own tells of its work, line by line, so that
// it is known however the process ends.
#ifndef ANNALS_TESTS_RECOVERY_WRITER_PROTOCOL_H_
#define ANNALS_TESTS_RECOVERY_WRITER_PROTOCOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/log/append.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/recovery/journal.h"

namespace annals::recovery {

// The event with this id: both sides know it.
v1::Event WriterEvent(const std::string& id);

// "BEGIN id\n" comes before an append, "DONE id position revision recorded_at\n" after
// it. A line is shorter than PIPE_BUF, so that it is written whole or not at all.
// Writes to standard output; takes no memory.
void TellBegin(const std::string& id);
void TellDone(const Receipt& receipt);
// "COUNT n\n": how many allocations there were.
void TellCount(uint64_t count);

// A writer: `command` with "--store=…" and the like. Ends with it.
struct WriterEnd {
  int exit_code = -1;  // -1: ended by `signal`.
  int signal = 0;
  int acknowledged = 0;
  uint64_t allocations = 0;  // If it counted them.
};

// Starts it, adds what it tells to the journal, and kills it once it has told of
// `kill_after` appends that are done; 0: never.
WriterEnd RunWriter(const std::vector<std::string>& command, int kill_after, Journal* journal);

// Where the writer is: where Bazel put it, unless ANNALS_WRITER says otherwise.
std::string WriterPath();

}  // namespace annals::recovery

#endif  // ANNALS_TESTS_RECOVERY_WRITER_PROTOCOL_H_
