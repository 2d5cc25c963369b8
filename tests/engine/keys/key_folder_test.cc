#include "engine/keys/key_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class KeyFolderTest : public ::testing::Test {
 protected:
  std::string Folder() const { return KeyFolder::PathBeside(directory_.path()); }
  std::string File() const { return Folder() + "/checkpoint.key"; }

  static std::string Contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  static mode_t Mode(const std::string& path) {
    struct stat found = {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777;
  }

  const TemporaryDirectory directory_;
};

TEST_F(KeyFolderTest, MakesAKeyThatStays) {
  KeyFolder keys(Folder());
  ASSERT_OK_AND_ASSIGN(const NoteSigner* const signer, keys.Signer());
  EXPECT_THAT(signer->verifier().name(), MatchesRegex("annals\\.invalid/[0-9a-f]{8}"));
  EXPECT_EQ(Contents(File()), signer->ToString() + "\n");
  KeyFolder again(Folder());
  ASSERT_OK_AND_ASSIGN(const NoteSigner* const same, again.Signer());
  EXPECT_EQ(same->ToString(), signer->ToString());
}

TEST_F(KeyFolderTest, KeepsWhatItHoldsToItsOwner) {
  KeyFolder keys(Folder());
  ASSERT_THAT(keys.Signer(), IsOk());
  EXPECT_EQ(Mode(Folder()), 0700u);
  EXPECT_EQ(Mode(File()), 0600u);
  // Nothing else is left there.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(Folder()), {}), 1);
}

TEST_F(KeyFolderTest, TakesTheNameThatItIsGivenAndNoOtherLater) {
  KeyFolder keys(Folder());
  EXPECT_THAT(keys.MakeSigner("annals.example/sea"), IsOk());
  EXPECT_THAT(keys.MakeSigner("annals.example/sea"), IsOk());
  EXPECT_THAT(keys.MakeSigner("annals.example/lake"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("annals.example/sea")));
  ASSERT_OK_AND_ASSIGN(const NoteSigner* const signer, keys.Signer());
  EXPECT_EQ(signer->verifier().name(), "annals.example/sea");
}

TEST_F(KeyFolderTest, RefusesANameThatIsNone) {
  KeyFolder keys(Folder());
  EXPECT_THAT(keys.MakeSigner("a b"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name")));
  EXPECT_FALSE(std::filesystem::exists(Folder()));
}

TEST_F(KeyFolderTest, ManyWhoNeedItAtOnceGetTheSame) {
  constexpr int kThreads = 8;
  std::vector<std::string> found(kThreads);
  std::vector<std::thread> threads;
  for (std::string& name : found) {
    threads.emplace_back([&name, this] {
      // Of its own, as another process has it.
      KeyFolder keys(Folder());
      const absl::StatusOr<const NoteSigner*> signer = keys.Signer();
      name = signer.ok() ? (*signer)->ToString() : signer.status().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()),
            (std::set<std::string>{Contents(File()).substr(0, found[0].size())}));
}

TEST_F(KeyFolderTest, RefusesAKeyThatEveryoneMayRead) {
  ASSERT_THAT(KeyFolder(Folder()).Signer(), IsOk());
  ASSERT_EQ(::chmod(File().c_str(), 0644), 0);
  EXPECT_THAT(KeyFolder(Folder()).Signer(),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("chmod 600")));
}

TEST_F(KeyFolderTest, SaysThatAFileHoldsNoKeyWithoutRepeatingIt) {
  ASSERT_THAT(KeyFolder(Folder()).Signer(), IsOk());
  const std::string secret = Contents(File());
  std::ofstream(File()) << secret.substr(0, secret.size() - 9);
  const absl::Status status = KeyFolder(Folder()).Signer().status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(File())));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr(secret.substr(20, 20))));
}

TEST_F(KeyFolderTest, SaysWhatToDoWhereItCannotBeMade) {
  KeyFolder nowhere(directory_.path() + "/missing/keys");
  EXPECT_THAT(nowhere.Signer(), StatusIs(absl::StatusCode::kNotFound,
                                         AllOf(HasSubstr("missing"), HasSubstr("--keys"))));
}

}  // namespace
}  // namespace annals::testing
