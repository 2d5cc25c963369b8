// --server: every command that asks or appends gives the same as with --store.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "cli/domains.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/loopback_service.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUrl[] = "http://127.0.0.1:7171";
constexpr int kUsage = 1;
constexpr int kWrongState = 8;

// A store behind a server that only this process can reach. Every run connects, and
// opens the store, anew.
class Served {
 public:
  Served() {
    annals_.environment().connect =
        [this](const std::string& url) -> absl::StatusOr<std::unique_ptr<Service>> {
      if (url != kUrl) return absl::UnavailableError("nobody answers at " + url);
      auto domains = std::make_unique<std::vector<Domain>>(AllDomains());
      auto store =
          Store::Open(annals_.store(), domains.get(),
                      {.clock = &annals_.clock(), .draw_id = annals_.environment().draw_id});
      if (!store.ok()) return store.status();
      return std::make_unique<LoopbackService>(*std::move(store), std::move(domains));
    };
  }

  AnnalsRunner& annals() { return annals_; }

  Outcome Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.end(), {"--server", kUrl});
    Outcome outcome = annals_.Run(arguments, input);
    // The one difference: how the same is asked again.
    outcome.out = absl::StrReplaceAll(outcome.out, {{std::string(" --server ") + kUrl, ""}});
    return outcome;
  }

 private:
  AnnalsRunner annals_;
};

void ExpectTheSame(const Outcome& remote, const Outcome& local,
                   const std::vector<std::string>& arguments) {
  const std::string command = ::testing::PrintToString(arguments);
  EXPECT_EQ(remote.code, local.code) << command << remote.err;
  EXPECT_EQ(remote.out, local.out) << command;
  EXPECT_EQ(remote.err, local.err) << command;
}

class ServerOptionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    served_ = new Served;
    served_->annals().LoadBundled();
  }
  static void TearDownTestSuite() {
    delete served_;
    served_ = nullptr;
  }

  // One store for all: nothing that is asked here writes.
  static Served* served_;
};

Served* ServerOptionTest::served_ = nullptr;

TEST_F(ServerOptionTest, EveryQuestionIsAnsweredAsFromTheStore) {
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

TEST_F(ServerOptionTest, ExportsTheSame) {
  for (const char* format : {"json", "csv", "textproto"}) {
    const std::vector<std::string> arguments = {"export", "--format", format};
    ExpectTheSame(served_->Run(arguments), served_->annals().Run(arguments), arguments);
  }
}

TEST_F(ServerOptionTest, RefusesWithTheSameWordsAndCode) {
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
      {"tail", "--after", "9999"},
      {"stats", "--timeline", "venezuela"}};
  for (const std::vector<std::string>& arguments : questions) {
    const Outcome local = served_->annals().Run(arguments);
    EXPECT_NE(local.code, 0) << ::testing::PrintToString(arguments);
    ExpectTheSame(served_->Run(arguments), local, arguments);
  }
}

TEST_F(ServerOptionTest, APageSaysWhichServerAnswersTheSameForEver) {
  const Outcome page = served_->annals().Run({"as-of", "2026-01-12", "--server", kUrl});
  EXPECT_THAT(page.out, HasSubstr(std::string(" --server ") + kUrl + "\n"));
}

TEST_F(ServerOptionTest, WhatNeedsTheFolderSaysSo) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"verify"}, {"rebuild"}, {"init"}}) {
    const Outcome outcome = served_->Run(arguments);
    EXPECT_EQ(outcome.code, kWrongState) << arguments[0];
    EXPECT_THAT(outcome.err, HasSubstr("needs --store DIR")) << arguments[0];
  }
}

TEST_F(ServerOptionTest, AServerThatDoesNotAnswerIsAnError) {
  const Outcome outcome = served_->annals().Run({"views", "--server", "http://127.0.0.1:1"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("nobody answers at http://127.0.0.1:1"));
}

TEST_F(ServerOptionTest, AStoreAndAServerExcludeEachOther) {
  const Outcome outcome = served_->annals().Run({"views", "--server", kUrl, "--store", "x"});
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--server"), HasSubstr("--store")));
}

TEST(WithoutAConnectorTest, ThereIsNoSuchOption) {
  AnnalsRunner annals;
  EXPECT_THAT(annals.Print({"--help"}), Not(HasSubstr("--server")));
  EXPECT_EQ(annals.Run({"views", "--server", kUrl}).code, kUsage);
}

TEST(ServedWritesTest, TimelinesAndEventsAreRecordedAsInAStore) {
  Served served;
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

}  // namespace
}  // namespace annals::testing
