// `annals serve` as a supervisor and a shell see it: the program, curl and signals.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/served_annals.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ServeTest : public ::testing::Test {
 protected:
  void SetUp() override { annals_.LoadBundled(); }

  std::string log() const { return annals_.folder() + "/log"; }

  std::vector<std::string> Arguments() const {
    return {"--store", annals_.store(), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"};
  }

  // "http://127.0.0.1:PORT".
  static std::string UrlOf(ServedAnnals* served) {
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

  ServedAnnals served(Arguments(), log());
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
    ServedAnnals served(Arguments(), log());
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
  EXPECT_THAT(open.err, HasSubstr("without TLS is refused"));
  const Outcome half = annals_.Run({"serve", "--tls-cert", "cert.pem"});
  EXPECT_EQ(half.code, 2);
  EXPECT_THAT(half.err, HasSubstr("both --tls-cert FILE and --tls-key FILE"));
  const Outcome no_grpc = annals_.Run({"serve", "--client-ca", "ca.pem"});
  EXPECT_EQ(no_grpc.code, 2);
  EXPECT_THAT(no_grpc.err, HasSubstr("--client-ca is for gRPC over TLS"));
  const Outcome nobody = annals_.Run({"serve", "--require-token", "--http", "127.0.0.1:0"});
  EXPECT_EQ(nobody.code, 8);
  EXPECT_THAT(nobody.err, HasSubstr("annals token create --role admin"));
  const Outcome malformed = annals_.Run({"serve", "--http", "everywhere"});
  EXPECT_EQ(malformed.code, 2);
  EXPECT_THAT(malformed.err, HasSubstr("--http: the address \"everywhere\" has no port"));
  ServedAnnals served(Arguments(), log());
  UrlOf(&served);
  EXPECT_EQ(annals_.Run({"views"}).code, 5) << "the server has the store";
  EXPECT_EQ(served.Stop(SIGTERM), 0);
  EXPECT_EQ(annals_.Run({"views"}).code, 0);
}

TEST_F(ServeTest, MalformedRequestsGetAProblem) {
  ServedAnnals served(Arguments(), log());
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
