// annals backup, restore and repair as an operator sees them, on a folder and through a
// server.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/remote_service.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/served_annals.h"

namespace annals::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kInvalidInput = 2;
constexpr int kNotFound = 3;
constexpr int kUnavailable = 5;
constexpr int kDataLoss = 6;
constexpr int kWrongState = 8;
constexpr int kPermission = 9;

absl::StatusOr<std::unique_ptr<Service>> Connect(const ServerAddress& address) {
  return RemoteService::Connect(address.url, {.token = address.token, .ca_path = address.ca_path});
}

class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    annals_.LoadBundled();
    annals_.environment().connect = Connect;
  }

  std::string target() const { return annals_.folder() + "/backups"; }
  std::string restored() const { return annals_.folder() + "/restored"; }

  AnnalsRunner annals_;
};

TEST_F(BackupTest, RestoredStoreGivesTheSameAnswers) {
  const std::string made = annals_.Print({"backup", target(), "--format", "csv"});
  EXPECT_THAT(made, HasSubstr("1,2026-06-01T12:00:00Z,venezuela-2026,82,"));
  EXPECT_EQ(annals_.Print({"backup", target(), "--list", "--format", "csv"}), made);
  EXPECT_EQ(annals_.Print({"backup", target(), "--check", "--format", "csv"}), made);
  EXPECT_EQ(annals_.Print({"restore", target(), "--store", restored(), "--format", "csv"}),
            "timeline,promised,restored\r\nvenezuela-2026,82,82\r\n");
  EXPECT_THAT(annals_.Print({"verify", "--store", restored()}), HasSubstr("hashes"));
  const std::vector<std::string> question = {"as-of",    "2026-01-12", "--known",    "2026-01-20",
                                             "--format", "json",       "--position", "82"};
  std::vector<std::string> of_restored = question;
  of_restored.insert(of_restored.end(), {"--store", restored()});
  EXPECT_EQ(annals_.Print(of_restored), annals_.Print(question));
  EXPECT_EQ(annals_.Print({"export", "--store", restored()}), annals_.Print({"export"}));
}

TEST_F(BackupTest, GenerationsAreKeptAndRestoredByNumber) {
  for (int i = 1; i <= 3; ++i) {
    annals_.Print({"append", "--timeline", "venezuela-2026"},
                  SourceLine(absl::StrCat("s", i), "A title"));
    annals_.Print({"backup", target(), "--keep", "2"});
  }
  const std::string listed = annals_.Print({"backup", target(), "--list", "--format", "json"});
  EXPECT_THAT(listed, AllOf(HasSubstr("\"backup\": 2"), HasSubstr("\"backup\": 3"),
                            Not(HasSubstr("\"backup\": 1,"))));
  EXPECT_THAT(annals_.Print({"restore", target(), "--backup", "2", "--store", restored()}),
              HasSubstr("84"));
  const Outcome none = annals_.Run({"restore", target(), "--backup", "1", "--store", restored()});
  EXPECT_EQ(none.code, kNotFound);
  EXPECT_THAT(none.err, HasSubstr("there are 2, 3"));
}

TEST_F(BackupTest, ServerThatIsWrittenToIsBackedUp) {
  ServedAnnals served({"--store", annals_.store(), "--http", "127.0.0.1:0", "--grpc", "off"},
                      annals_.folder() + "/log");
  const std::string url(absl::StripSuffix(absl::StripPrefix(served.Line(), "listening on "), "\n"));
  annals_.environment().variables.erase("ANNALS_STORE");
  EXPECT_THAT(annals_.Print({"backup", target(), "--server", url}), HasSubstr("82"));
  annals_.Print({"append", "--server", url}, SourceLine("s1", "A title"));
  EXPECT_THAT(annals_.Print({"backup", target(), "--server", url}), HasSubstr("83"));
  // The folder itself is in use.
  EXPECT_EQ(annals_.Run({"backup", target(), "--store", annals_.store()}).code, kUnavailable);
  EXPECT_THAT(annals_.Print({"restore", target(), "--store", restored()}), HasSubstr("83"));
  EXPECT_EQ(annals_.Print({"export", "--store", restored()}),
            annals_.Print({"export", "--server", url}));
  EXPECT_EQ(served.Stop(SIGTERM), 0);
}

TEST_F(BackupTest, ServerGivesItToAdministratorsOfAllTimelinesAlone) {
  const std::string writer = annals_.WriteFile(
      "writer", annals_.Print({"token", "create", "--role", "writer", "--timeline", "*"}));
  const std::string admin_of_one = annals_.WriteFile(
      "one", annals_.Print({"token", "create", "--role", "admin", "--timeline", "venezuela-2026"}));
  const std::string admin = annals_.WriteFile(
      "admin", annals_.Print({"token", "create", "--role", "admin", "--timeline", "*"}));
  ServedAnnals served(
      {"--store", annals_.store(), "--http", "127.0.0.1:0", "--grpc", "off", "--require-token"},
      annals_.folder() + "/log");
  const std::string url(absl::StripSuffix(absl::StripPrefix(served.Line(), "listening on "), "\n"));
  annals_.environment().variables.erase("ANNALS_STORE");
  for (const std::string& token : {writer, admin_of_one}) {
    EXPECT_EQ(annals_.Run({"backup", target(), "--server", url, "--token-file", token}).code,
              kPermission);
  }
  EXPECT_THAT(annals_.Print({"backup", target(), "--server", url, "--token-file", admin}),
              HasSubstr("82"));
  EXPECT_EQ(served.Stop(SIGTERM), 0);
}

TEST_F(BackupTest, DamageIsNamedAndAnEarlierBackupHelps) {
  annals_.Print({"backup", target()});
  const std::string list = Shell("cat " + target() + "/backups/1");
  std::ofstream(target() + "/backups/1", std::ios::binary) << "nonsense";
  const Outcome listed = annals_.Run({"backup", target(), "--list"});
  EXPECT_EQ(listed.code, kDataLoss);
  EXPECT_THAT(listed.err, HasSubstr("backups/1"));
  const Outcome failed = annals_.Run({"restore", target(), "--store", restored()});
  EXPECT_EQ(failed.code, kDataLoss);
  EXPECT_FALSE(fs::exists(restored()));
  std::ofstream(target() + "/backups/1", std::ios::binary) << list;
  annals_.Print({"restore", target(), "--store", restored()});
}

TEST_F(BackupTest, RefusesWhatWouldBeAMistake) {
  const Outcome no_target = annals_.Run({"restore", target(), "--store", restored()});
  EXPECT_EQ(no_target.code, kNotFound);
  annals_.Print({"backup", target()});
  EXPECT_EQ(annals_.Run({"restore", target()}).code, kInvalidInput);
  const Outcome onto = annals_.Run({"restore", target(), "--store", annals_.store()});
  EXPECT_EQ(onto.code, kWrongState);
  EXPECT_THAT(onto.err, HasSubstr("isn't empty"));
  annals_.Print({"init", "--store", annals_.folder() + "/other"});
  const Outcome other = annals_.Run({"backup", target(), "--store", annals_.folder() + "/other"});
  EXPECT_EQ(other.code, kWrongState);
  EXPECT_THAT(other.err, HasSubstr("another store"));
  EXPECT_EQ(annals_.Run({"backup", target(), "--list", "--keep", "3"}).code, 1);
}

TEST_F(BackupTest, RepairSavesWhatItCanAndSaysWhatItCannot) {
  const std::string saved = annals_.folder() + "/saved";
  EXPECT_THAT(annals_.Print({"repair", "--to", saved, "--format", "json"}),
              AllOf(HasSubstr("\"saved\": 82"), HasSubstr("\"lost\": []")));
  const std::string before = annals_.Print({"export"});
  EXPECT_EQ(annals_.Print({"export", "--store", saved}), before);
  // What was recorded last stands in the write-ahead log alone.
  annals_.Print({"append"}, SourceLine("s1", "One") + SourceLine("s2", "Two"));
  for (const auto& entry : fs::directory_iterator(annals_.store() + "/db")) {
    if (entry.path().extension() == ".log") fs::remove(entry.path());
  }
  const Outcome refused = annals_.Run({"verify"});
  EXPECT_EQ(refused.code, kDataLoss);
  EXPECT_THAT(refused.err, HasSubstr("annals repair --store " + annals_.store()));
  const std::string second = saved + "2";
  const Outcome outcome = annals_.Run({"repair", "--to", second, "--format", "json"});
  EXPECT_EQ(outcome.code, kDataLoss);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\"saved\": 82, \"lastKnown\": 84"),
                    HasSubstr("\"position\": 83, \"id\": null, \"why\": \"missing\""),
                    HasSubstr("\"position\": 84, \"id\": null, \"why\": \"missing\"")));
  EXPECT_THAT(outcome.err, HasSubstr("82 events were saved"));
  EXPECT_THAT(outcome.err, HasSubstr("of 84 acknowledged"));
  EXPECT_EQ(annals_.Print({"export", "--store", second}), before);
  EXPECT_THAT(annals_.Print({"verify", "--store", second}), HasSubstr("hashes"));
  const Outcome table = annals_.Run({"repair", "--to", saved + "3"});
  EXPECT_THAT(table.out, AllOf(HasSubstr("Saved"), HasSubstr("Lost"), HasSubstr("missing")));
}

TEST_F(BackupTest, DurabilityIsInReceiptsAndStats) {
  const std::string line = SourceLine("s1", "A title");
  EXPECT_THAT(annals_.Print({"append", "--format", "json"}, line),
              HasSubstr("\"durability\": \"DISK\""));
  EXPECT_THAT(
      annals_.Print({"append", "--format", "csv", "--unsafe-no-sync"}, SourceLine("s2", "Another")),
      HasSubstr(",new,MEMORY\r\n"));
  EXPECT_THAT(annals_.Print({"stats"}), HasSubstr("DISK"));
  annals_.Print({"load", BundledFolder(), "--unsafe-no-sync"});
  // All of it is promised when the command has ended.
  EXPECT_THAT(annals_.Print({"verify"}), HasSubstr("84"));
  ServedAnnals served(
      {"--store", annals_.store(), "--http", "127.0.0.1:0", "--grpc", "off", "--unsafe-no-sync"},
      annals_.folder() + "/log");
  const std::string url(absl::StripSuffix(absl::StripPrefix(served.Line(), "listening on "), "\n"));
  EXPECT_THAT(Shell("cat " + annals_.folder() + "/log"), HasSubstr("unsafe_no_sync"));
  EXPECT_THAT(Shell("curl -s " + url + "/metrics"),
              HasSubstr("annals_unsafe_setting{setting=\"unsafe_no_sync\"} 1"));
  annals_.environment().variables.erase("ANNALS_STORE");
  EXPECT_THAT(annals_.Print({"stats", "--server", url}), HasSubstr("MEMORY"));
  EXPECT_THAT(
      annals_.Print({"append", "--format", "json", "--server", url}, SourceLine("s3", "More")),
      HasSubstr("\"durability\": \"MEMORY\""));
  EXPECT_EQ(annals_.Run({"append", "--unsafe-no-sync", "--server", url}, line).code, kInvalidInput);
  EXPECT_EQ(served.Stop(SIGTERM), 0);
  EXPECT_THAT(annals_.Print({"verify", "--store", annals_.store()}), HasSubstr("85"));
}

}  // namespace
}  // namespace annals::testing
