// --server: every command that asks or appends gives the same as with --store.
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "cli/domains.h"
#include "client/remote_service.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/http_store.h"
#include "tests/end_to_end/loopback_service.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUrl[] = "http://127.0.0.1:7171";
constexpr int kUsage = 1;
constexpr int kWrongState = 8;

// How a run gets to its server.
enum class Way { kInProcess, kHttp };

std::string NameOf(const ::testing::TestParamInfo<Way>& way) {
  return way.param == Way::kHttp ? "OverHttp" : "InProcess";
}

// A store behind a server that only this process can reach. Every run opens the store
// anew, and connects.
class Served {
 public:
  explicit Served(Way way) {
    annals_.environment().connect = [this, way](const ServerAddress& address) {
      return Connect(way, address.url);
    };
  }

  AnnalsRunner& annals() { return annals_; }

  Outcome RunAsItIs(const std::vector<std::string>& arguments, const std::string& input = "") {
    Outcome outcome = annals_.Run(arguments, input);
    server_.reset();
    return outcome;
  }

  Outcome Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.end(), {"--server", kUrl});
    Outcome outcome = RunAsItIs(arguments, input);
    // The one difference: how the same is asked again.
    outcome.out = absl::StrReplaceAll(outcome.out, {{std::string(" --server ") + kUrl, ""}});
    return outcome;
  }

 private:
  absl::StatusOr<std::unique_ptr<Service>> Connect(Way way, const std::string& url) {
    if (url != kUrl) return absl::UnavailableError("nobody answers at " + url);
    auto domains = std::make_unique<std::vector<Domain>>(AllDomains());
    auto store = Store::Open(annals_.store(), domains.get(),
                             {.clock = &annals_.clock(),
                              .draw_id = annals_.environment().draw_id,
                              .database = {.write_buffer_bytes = size_t{4} << 20}});
    if (!store.ok()) return store.status();
    if (way == Way::kInProcess) {
      return std::make_unique<LoopbackService>(*std::move(store), std::move(domains));
    }
    server_ = std::make_unique<HttpStore>(*std::move(store), std::move(domains));
    return RemoteService::Connect(server_->url(), {});
  }

  AnnalsRunner annals_;
  std::unique_ptr<HttpStore> server_;
};

// Two stores draw different ones for the same event.
std::string WithoutSalts(const std::string& text) {
  static const std::regex salt(R"re("payloadSalt": "[^"]*")re");
  return std::regex_replace(text, salt, R"("payloadSalt": …)");
}

void ExpectTheSame(const Outcome& remote, const Outcome& local,
                   const std::vector<std::string>& arguments) {
  const std::string command = ::testing::PrintToString(arguments);
  EXPECT_EQ(remote.code, local.code) << command << remote.err;
  EXPECT_EQ(WithoutSalts(remote.out), WithoutSalts(local.out)) << command;
  EXPECT_EQ(remote.err, local.err) << command;
}

class ServerOptionTest : public ::testing::TestWithParam<Way> {
 protected:
  static void SetUpTestSuite() {
    for (const Way way : {Way::kInProcess, Way::kHttp}) {
      all_.push_back(std::make_unique<Served>(way));
      all_.back()->annals().LoadBundled();
    }
  }
  static void TearDownTestSuite() { all_.clear(); }

  Served* const served_ = all_[static_cast<size_t>(GetParam())].get();

 private:
  // One store for all tests of a way: nothing that is asked here writes.
  static std::vector<std::unique_ptr<Served>> all_;
};

std::vector<std::unique_ptr<Served>> ServerOptionTest::all_;

INSTANTIATE_TEST_SUITE_P(Ways, ServerOptionTest, ::testing::Values(Way::kInProcess, Way::kHttp),
                         NameOf);

TEST_P(ServerOptionTest, EveryQuestionIsAnsweredAsFromTheStore) {
  const std::vector<std::vector<std::string>> questions = {
      {"as-of", "2026-01-12"},
      {"as-of", "now", "--known", "2026-01-20", "--view", "releases"},
      {"diff", "2026-01-08", "2026-01-31", "--known-from", "2026-01-12"},
      {"history", "summary", "--from", "2026-01-08", "--to", "2026-01-31", "--step", "1w"},
      {"history", "summary", "--axis", "known", "--from", "2026-01", "--to", "2026-04", "--step",
       "1m", "--valid", "2026-02"},
      {"why", "nationals-freed", "ES", "--as-of", "2026-01-13", "--limit", "2"},
      {"explain", "nationals-freed", "--key", "ES"},
      {"timeline"},
      {"timeline", "--from", "2026-01-08", "--to", "2026-01-12", "--text", "marquez"},
      {"show", "12"},
      {"show", "maduro-captured"},
      {"checkpoint"},
      {"checkpoint", "--size", "20"},
      {"prove", "maduro-captured", "--size", "40"},
      {"tail"},
      {"tail", "--after", "40", "--limit", "3"},
      {"views"},
      {"types"},
      {"timelines"},
      {"stats"}};
  for (const std::vector<std::string>& question : questions) {
    for (const char* format : {"table", "json", "csv", "markdown"}) {
      std::vector<std::string> arguments = question;
      arguments.insert(arguments.end(), {"--format", format});
      const Outcome local = served_->annals().Run(arguments);
      EXPECT_EQ(local.code, 0) << local.err;
      ExpectTheSame(served_->Run(arguments), local, arguments);
    }
  }
}

TEST_P(ServerOptionTest, ExportsTheSame) {
  for (const char* format : {"json", "csv", "textproto"}) {
    const std::vector<std::string> arguments = {"export", "--format", format};
    ExpectTheSame(served_->Run(arguments), served_->annals().Run(arguments), arguments);
  }
}

TEST_P(ServerOptionTest, RefusesWithTheSameWordsAndCode) {
  const std::vector<std::vector<std::string>> questions = {
      {"as-of", "2026-13"},
      {"as-of", "now", "--view", "summry"},
      {"as-of", "now", "--position", "9999"},
      {"as-of", "now", "--timeline", "venezuela"},
      {"diff", "2026-01-08", "soon"},
      {"history", "summary", "--from", "2026-02", "--to", "2026-01"},
      {"history", "summary", "--from", "2026-01", "--to", "2026-02", "--step", "1x"},
      {"why", "nationals-freed", "XX"},
      {"timeline", "--from", "yesterday"},
      {"timeline", "--type", "Nothing"},
      {"show", "nothing"},
      {"show", "9999"},
      {"checkpoint", "--size", "9999"},
      {"prove", "nothing"},
      {"prove", "9999"},
      {"prove"},
      {"tail", "--after", "9999"},
      {"stats", "--timeline", "venezuela"}};
  for (const std::vector<std::string>& arguments : questions) {
    const Outcome local = served_->annals().Run(arguments);
    EXPECT_NE(local.code, 0) << ::testing::PrintToString(arguments);
    ExpectTheSame(served_->Run(arguments), local, arguments);
  }
}

TEST_P(ServerOptionTest, APageSaysWhichServerAnswersTheSameForEver) {
  const Outcome page = served_->RunAsItIs({"as-of", "2026-01-12", "--server", kUrl});
  EXPECT_THAT(page.out, HasSubstr(std::string(" --server ") + kUrl + "\n"));
}

TEST_P(ServerOptionTest, WhatNeedsTheFolderSaysSo) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"verify"}, {"rebuild"}, {"init"}, {"restore", "x"}, {"repair", "--to", "x"}}) {
    const Outcome outcome = served_->Run(arguments);
    EXPECT_EQ(outcome.code, kWrongState) << arguments[0];
    EXPECT_THAT(outcome.err, HasSubstr("needs --store DIR")) << arguments[0];
  }
}

TEST_P(ServerOptionTest, AServerThatDoesNotAnswerIsAnError) {
  const Outcome outcome = served_->annals().Run({"views", "--server", "http://127.0.0.1:1"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("nobody answers at http://127.0.0.1:1"));
}

TEST_P(ServerOptionTest, AStoreAndAServerExcludeEachOther) {
  const Outcome outcome = served_->annals().Run({"views", "--server", kUrl, "--store", "x"});
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--server"), HasSubstr("--store")));
}

TEST(WithoutAConnectorTest, ThereIsNoSuchOption) {
  AnnalsRunner annals;
  EXPECT_THAT(annals.Print({"--help"}), Not(HasSubstr("--server")));
  EXPECT_EQ(annals.Run({"views", "--server", kUrl}).code, kUsage);
}

class ServedWritesTest : public ::testing::TestWithParam<Way> {};

INSTANTIATE_TEST_SUITE_P(Ways, ServedWritesTest, ::testing::Values(Way::kInProcess, Way::kHttp),
                         NameOf);

TEST_P(ServedWritesTest, TimelinesAndEventsAreRecordedAsInAStore) {
  Served served(GetParam());
  AnnalsRunner local;
  served.annals().Print({"init"});
  local.Print({"init"});
  const std::vector<std::string> init = {"init", "--timeline", "notes",   "--zone",
                                         "UTC",  "--title",    "My notes"};
  EXPECT_THAT(served.Run(init).out, AllOf(HasSubstr("notes"), HasSubstr("made")));
  EXPECT_THAT(served.Run(init).out, HasSubstr("was there"));
  local.Print(init);
  const std::string lines =
      SourceLine("a", "First") + SourceLine("b", "Second") + SourceLine("c", "Third");
  const std::string bad = SourceLine("d", "Fourth") + "{\"id\":\"e\",\"stream\":\"a b\"}\n";
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"append", "--format", "json", "--batch", "2"},
                                             {"append", "--format", "csv"},
                                             {"append", "--expect", "none"},
                                             {"append"}}) {
    ExpectTheSame(served.Run(arguments, lines), local.Run(arguments, lines), arguments);
  }
  const std::vector<std::string> one_by_one = {"append", "--batch", "1"};
  ExpectTheSame(served.Run(one_by_one, bad), local.Run(one_by_one, bad), one_by_one);
  const std::vector<std::string> load = {"load", BundledFolder()};
  ExpectTheSame(served.Run(load), local.Run(load), load);
  const std::vector<std::string> exported = {"export", "--timeline", "notes"};
  ExpectTheSame(served.Run(exported), local.Run(exported), exported);
}

TEST_P(ServedWritesTest, ConsumersAreKeptAsInAStore) {
  Served served(GetParam());
  AnnalsRunner local;
  served.annals().LoadBundled();
  local.LoadBundled();
  const std::vector<std::vector<std::string>> commands = {
      {"consumer", "create", "mirror", "--after", "10", "--type", "ReleaseVerified"},
      {"consumer", "create", "mirror"},
      {"consumer", "create", "All of it"},
      {"consumer", "list"},
      {"consumer", "fetch", "mirror", "--limit", "3"},
      {"consumer", "fetch", "mirror", "--limit", "1", "--format", "json"},
      {"consumer", "nack", "mirror", "1", "--reason", "no room"},
      {"consumer", "parked", "mirror"},
      {"consumer", "delete", "mirror"},
      {"consumer", "fetch", "mirror"}};
  for (const std::vector<std::string>& arguments : commands) {
    ExpectTheSame(served.Run(arguments), local.Run(arguments), arguments);
  }
}

class ServerVariableTest : public ::testing::Test {
 protected:
  ServerVariableTest() {
    served_.annals().MakeNotes();
    served_.annals().environment().variables["ANNALS_SERVER"] = kUrl;
  }

  Served served_{Way::kInProcess};
};

TEST_F(ServerVariableTest, ItNamesTheServerWhereNoStoreIsNamed) {
  auto& variables = served_.annals().environment().variables;
  variables.erase("ANNALS_STORE");
  EXPECT_THAT(served_.RunAsItIs({"timelines"}).out, HasSubstr("notes"));
  const Outcome verified = served_.RunAsItIs({"verify"});
  EXPECT_EQ(verified.code, kWrongState);
  EXPECT_THAT(verified.err, HasSubstr("needs --store DIR"));
  EXPECT_EQ(served_.RunAsItIs({"verify", "--store", served_.annals().store()}).code, 0);
}

TEST_F(ServerVariableTest, AStoreBesideItMustBeDecidedUpon) {
  const Outcome both = served_.RunAsItIs({"timelines"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("ANNALS_SERVER and ANNALS_STORE are both set"));
  EXPECT_EQ(served_.RunAsItIs({"timelines", "--server", kUrl}).code, 0);
  EXPECT_EQ(served_.RunAsItIs({"timelines", "--store", served_.annals().store()}).code, 0);
}

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() {
    annals_.environment().connect =
        [this](const ServerAddress& address) -> absl::StatusOr<std::unique_ptr<Service>> {
      shown_ = address;
      return absl::UnauthenticatedError("who are you?");
    };
    annals_.environment().variables["ANNALS_TOKEN"] = "from-the-environment";
  }

  Outcome Run(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"views", "--server", kUrl};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return annals_.Run(arguments);
  }

  AnnalsRunner annals_;
  ServerAddress shown_;
};

TEST_F(TokenTest, ItComesFromAFileOrTheEnvironment) {
  constexpr int kPermission = 9;
  EXPECT_EQ(Run({}).code, kPermission);
  EXPECT_EQ(shown_.token, "from-the-environment");
  const std::string file = annals_.WriteFile("token", "from-a-file\r\n");
  Run({"--token-file", file, "--ca-file", "ca.pem"});
  EXPECT_EQ(shown_.token, "from-a-file");
  EXPECT_EQ(shown_.ca_path, "ca.pem");
}

TEST_F(TokenTest, AFileWithoutOneIsRefused) {
  for (const std::string& file : {annals_.WriteFile("empty", "\n"), std::string("no-such-file")}) {
    const Outcome outcome = Run({"--token-file", file});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("--token-file " + file));
    EXPECT_EQ(shown_.url, "");
  }
}

}  // namespace
}  // namespace annals::testing
