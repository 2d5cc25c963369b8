#include "tests/recovery/writer_protocol.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::recovery {
namespace {

constexpr size_t kLineBytes = 256;

void Tell(const char* line, int length) {
  if (::write(STDOUT_FILENO, line, length) != length) ::_exit(3);
}

// Takes note of one line.
class Listener {
 public:
  explicit Listener(Journal* journal) : journal_(journal) {}

  // Whether it told of an append that is done.
  bool Hear(absl::string_view line) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "BEGIN" && words.size() == 2) {
      begun_[words[1]] =
          journal_->Begin({.timeline = "north", .events = {WriterEvent(words[1])}}, 0);
    }
    if (words[0] == "COUNT" && words.size() == 2 && !absl::SimpleAtoi(words[1], &count_)) {
      std::abort();
    }
    if (words[0] != "DONE" || words.size() != 5) return false;
    Receipt receipt = {.id = words[1]};
    if (!absl::SimpleAtoi(words[2], &receipt.position.value) ||
        !absl::SimpleAtoi(words[3], &receipt.revision) ||
        !absl::SimpleAtoi(words[4], &receipt.recorded_at.micros)) {
      std::abort();
    }
    journal_->Acknowledge(begun_.at(receipt.id), {receipt}, 0);
    return true;
  }

  uint64_t count() const { return count_; }

 private:
  Journal* const journal_;
  uint64_t count_ = 0;
  std::map<std::string, size_t> begun_;
};

}  // namespace

v1::Event WriterEvent(const std::string& id) {
  const size_t kind = std::hash<std::string>()(id);
  v1::Event event;
  event.set_id(id);
  event.set_stream(absl::StrCat("lighthouse/", kind % 5));
  if (kind % 2 == 0) {
    lighthouses::v1::KeeperAppointed appointed;
    appointed.set_lighthouse(absl::StrCat("rock-", kind % 7));
    appointed.set_keeper(id);
    event.mutable_payload()->PackFrom(appointed);
  } else {
    lighthouses::v1::VisitorsCame visit;
    visit.set_coast("west");
    visit.set_lighthouse(absl::StrCat("rock-", kind % 7));
    visit.add_parties()->set_lower(static_cast<int64_t>(kind % 90));
    visit.add_nations(std::string(1 + kind % 300, 'x'));
    event.mutable_payload()->PackFrom(visit);
  }
  return event;
}

void TellBegin(const std::string& id) {
  char line[kLineBytes];
  Tell(line, std::snprintf(line, sizeof(line), "BEGIN %s\n", id.c_str()));
}

void TellDone(const Receipt& receipt) {
  char line[kLineBytes];
  Tell(line, std::snprintf(line, sizeof(line), "DONE %s %" PRIu64 " %" PRIu64 " %" PRId64 "\n",
                           receipt.id.c_str(), receipt.position.value, receipt.revision,
                           receipt.recorded_at.micros));
}

void TellCount(uint64_t count) {
  char line[kLineBytes];
  Tell(line, std::snprintf(line, sizeof(line), "COUNT %" PRIu64 "\n", count));
}

WriterEnd RunWriter(const std::vector<std::string>& command, int kill_after, Journal* journal) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  ::posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> arguments;
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
    std::abort();
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);

  WriterEnd end;
  Listener listener(journal);
  std::string text;
  char bytes[4096];
  for (ssize_t got; (got = ::read(ends[0], bytes, sizeof(bytes))) > 0;) {
    text.append(bytes, got);
    for (size_t feed; (feed = text.find('\n')) != std::string::npos; text.erase(0, feed + 1)) {
      if (listener.Hear(text.substr(0, feed)) && ++end.acknowledged == kill_after) {
        ::kill(child, SIGKILL);
      }
    }
  }
  ::close(ends[0]);
  end.allocations = listener.count();
  int status = 0;
  if (::waitpid(child, &status, 0) != child) std::abort();
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

std::string WriterPath() {
  if (const char* writer = std::getenv("ANNALS_WRITER")) return writer;
  const char* runfiles = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (runfiles == nullptr || workspace == nullptr) std::abort();  // Run it with Bazel.
  return absl::StrCat(runfiles, "/", workspace, "/tests/recovery/writer");
}

}  // namespace annals::recovery
