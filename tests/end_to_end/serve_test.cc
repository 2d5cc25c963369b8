// `annals serve` as a supervisor and a shell see it: the program, curl and signals.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The program in a process of its own. Its log goes to a file.
class Served {
 public:
  Served(const std::string& store, const std::string& log, const std::string& http) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const std::string binary =
        absl::StrCat(std::getenv("TEST_SRCDIR"), "/", std::getenv("TEST_WORKSPACE"), "/cli/annals");
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      if (std::freopen(log.c_str(), "w", stderr) == nullptr) ::_exit(125);
      ::execl(binary.c_str(), "annals", "serve", "--store", store.c_str(), "--http", http.c_str(),
              "--grpc", "127.0.0.1:0", nullptr);
      ::_exit(126);
    }
    ::close(ends[1]);
    out_ = ::fdopen(ends[0], "r");
  }
  ~Served() {
    if (process_ > 0) Stop(SIGKILL);
    std::fclose(out_);
  }

  // The next line that it prints; "" when it has ended.
  std::string Line() {
    char line[256];
    return std::fgets(line, sizeof line, out_) != nullptr ? line : "";
  }

  // Its exit code; a negative one is the signal that ended it.
  int Stop(int signal) {
    if (signal != 0) ::kill(process_, signal);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t process_ = -1;
  FILE* out_ = nullptr;
};

std::string Shell(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string out;
  char chunk[4096];
  for (size_t read; (read = ::fread(chunk, 1, sizeof chunk, pipe)) > 0;) out.append(chunk, read);
  ::pclose(pipe);
  return out;
}

class ServeTest : public ::testing::Test {
 protected:
  void SetUp() override { annals_.LoadBundled(); }

  std::string log() const { return annals_.folder() + "/log"; }

  // "http://127.0.0.1:PORT".
  static std::string UrlOf(Served* served) {
    std::string line = served->Line();
    EXPECT_THAT(line, StartsWith("listening on http://127.0.0.1:"));
    return std::string(absl::StripSuffix(absl::StripPrefix(line, "listening on "), "\n"));
  }

  AnnalsRunner annals_;
};

TEST_F(ServeTest, AnswersAsTheCommandLineDoes) {
  // Before the store is taken.
  const std::string pins = "?valid=2026-01-12&known=2026-01-20&position=60";
  const std::vector<std::string> pinned = {"as-of",      "2026-01-12", "--known",  "2026-01-20",
                                           "--position", "60",         "--format", "json"};
  std::vector<std::string> one = pinned;
  one.insert(one.end(), {"--view", "summary"});
  const std::string all_views = annals_.Print(pinned);
  const std::string summary = annals_.Print(one);
  one[7] = "csv";
  const std::string summary_csv = annals_.Print(one);

  Served served(annals_.store(), log(), "127.0.0.1:0");
  const std::string url = UrlOf(&served);
  const std::string timeline = url + "/v1/timelines/venezuela-2026";
  EXPECT_EQ(Shell("curl -s '" + timeline + "/as-of" + pins + "'"), all_views);
  EXPECT_EQ(Shell("curl -s '" + timeline + "/views/summary" + pins + "'"), summary);
  EXPECT_EQ(Shell("curl -s -H 'Accept: text/csv' '" + timeline + "/views/summary" + pins + "'"),
            summary_csv);
  EXPECT_EQ(Shell("curl -s --compressed '" + timeline + "/views/summary" + pins + "'"), summary);
  EXPECT_EQ(served.Stop(SIGTERM), 0);
}

TEST_F(ServeTest, StopsOnEitherSignalAndLogsItsRequests) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Served served(annals_.store(), log(), "127.0.0.1:0");
    const std::string url = UrlOf(&served);
    // A feed that is followed while it stops is told so.
    const std::string feed = absl::StrCat(annals_.folder(), "/feed");
    FILE* const reader = ::popen(
        ("curl -sN '" + url + "/v1/timelines/venezuela-2026/feed' | tee " + feed).c_str(), "r");
    char line[65536];
    while (std::fgets(line, sizeof line, reader) != nullptr &&
           std::string(line) != "event: caught-up\n") {
    }
    EXPECT_EQ(served.Stop(signal), 0);
    std::string rest;
    while (std::fgets(line, sizeof line, reader) != nullptr) rest += line;
    ::pclose(reader);
    EXPECT_THAT(rest, HasSubstr("event: end\ndata: {\"code\": \"UNAVAILABLE\""));
    EXPECT_THAT(Shell("cat " + log()),
                AllOf(HasSubstr("\"route\":\"/v1/timelines/{timeline}/feed\""),
                      HasSubstr("\"status\":200")));
  }
}

TEST_F(ServeTest, RefusesWhatItMustNotDo) {
  const Outcome open = annals_.Run({"serve", "--http", "0.0.0.0:0"});
  EXPECT_EQ(open.code, 8);
  EXPECT_THAT(open.err, HasSubstr("neither TLS nor tokens"));
  const Outcome malformed = annals_.Run({"serve", "--http", "everywhere"});
  EXPECT_EQ(malformed.code, 2);
  EXPECT_THAT(malformed.err, HasSubstr("--http: the address \"everywhere\" has no port"));
  Served served(annals_.store(), log(), "127.0.0.1:0");
  UrlOf(&served);
  EXPECT_EQ(annals_.Run({"views"}).code, 5) << "the server has the store";
  EXPECT_EQ(served.Stop(SIGTERM), 0);
  EXPECT_EQ(annals_.Run({"views"}).code, 0);
}

TEST_F(ServeTest, MalformedRequestsGetAProblem) {
  Served served(annals_.store(), log(), "127.0.0.1:0");
  const std::string url = UrlOf(&served);
  struct Malformed {
    std::string arguments;
    std::string status;
  };
  for (const Malformed& bad :
       std::vector<Malformed>{{"'" + url + "/v1/timelines/venezuela-2026?head=1'", "400"},
                              {"'" + url + "/v1/timelines/%ff'", "400"},
                              {"'" + url + "/v1/timelines/nowhere'", "404"},
                              {"-X DELETE '" + url + "/v1/timelines'", "405"},
                              {"-H 'Accept: image/png' '" + url + "/v1/timelines'", "406"},
                              {"-d '{\"nonsense\": 1}' -H 'Content-Type: application/json' '" +
                                   url + "/v1/verbs/AsOf'",
                               "400"},
                              {"-d x '" + url + "/v1/verbs/AsOf'", "415"},
                              {"-H 'Transfer-Encoding: chunked' -H 'Content-Length: 3' -d abc '" +
                                   url + "/v1/verbs/AsOf'",
                               "400"}}) {
    EXPECT_THAT(Shell("curl -s -w ' %{http_code} %{content_type}' " + bad.arguments),
                HasSubstr(" " + bad.status + " application/problem+json"))
        << bad.arguments;
  }
  EXPECT_EQ(served.Stop(SIGTERM), 0);
}

}  // namespace
}  // namespace annals::testing
