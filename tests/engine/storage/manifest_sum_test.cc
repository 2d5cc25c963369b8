#include "engine/storage/manifest_sum.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "engine/storage/database.h"
#include "engine/storage/family.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::storage {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& contents) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
}

// A database some of whose rows are in tables and some in the log.
class ManifestSumTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const auto database, Open(/*create=*/true));
    ASSERT_OK(Put(database.get(), "1"));
    ASSERT_OK(database->Flush());
    ASSERT_OK(Put(database.get(), "2"));
  }

  const std::string& path() const { return folder_.path(); }

  absl::StatusOr<std::unique_ptr<Database>> Open(bool create = false) const {
    return Database::Open(path(), create, {.block_cache_bytes = 1 << 20});
  }

  static absl::Status Put(Database* database, const std::string& key) {
    Batch batch;
    batch.Put(Family::kLog, key, "event");
    batch.Put(Family::kContributions, key, "contribution");
    return database->Write(std::move(batch), Durability::kSynced);
  }

  std::vector<std::string> FilesLike(const std::string& ending) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      const std::string name = entry.path().filename().string();
      if (absl::StartsWith(name, "MANIFEST-") && absl::EndsWith(name, ending)) {
        names.push_back(name);
      }
    }
    return names;
  }

  std::string Current() const {
    std::string name = Read(path() + "/CURRENT");
    name.pop_back();
    return path() + "/" + name;
  }

  TemporaryDirectory folder_;
};

TEST_F(ManifestSumTest, IsKeptForTheManifestThatCounts) {
  const std::string sum = Current() + ".sum";
  EXPECT_THAT(FilesLike(".sum"), ElementsAre(std::filesystem::path(sum).filename().string()));
  EXPECT_TRUE(absl::StartsWith(Read(sum), std::to_string(Read(Current()).size()) + " "));
  {
    ASSERT_OK_AND_ASSIGN(const auto database, Open());
    EXPECT_OK(database->VerifyChecksums());
  }
  EXPECT_FALSE(std::filesystem::exists(sum)) << "opening begins another manifest";
  EXPECT_THAT(FilesLike(".sum"), SizeIs(1));
}

TEST_F(ManifestSumTest, NoticesACutAnywhere) {
  const std::string whole = Read(Current());
  for (size_t length = 0; length < whole.size(); ++length) {
    Write(Current(), whole.substr(0, length));
    ASSERT_THAT(
        CheckManifest(path()),
        StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("MANIFEST-"), HasSubstr("bytes of the"))))
        << length;
  }
  Write(Current(), whole);
  EXPECT_OK(CheckManifest(path()));
}

TEST_F(ManifestSumTest, ACutManifestIsNotOpened) {
  const std::string whole = Read(Current());
  for (size_t length = whole.size() - 1; length > whole.size() / 2; length -= 50) {
    Write(Current(), whole.substr(0, length));
    ASSERT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("MANIFEST-"))) << length;
  }
  Write(Current(), whole);
  EXPECT_OK(Open());
}

TEST_F(ManifestSumTest, NoticesAChangedByte) {
  std::string manifest = Read(Current());
  manifest.back() = static_cast<char>(manifest.back() ^ 1);
  Write(Current(), manifest);
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("isn't what was written")));
}

TEST_F(ManifestSumTest, AnOpenDatabaseIsVerifiedToo) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open());
  const std::string whole = Read(Current());
  Write(Current(), whole.substr(0, whole.size() / 2));
  EXPECT_THAT(database->VerifyChecksums(), StatusIs(StatusCode::kDataLoss, HasSubstr(".sum")));
  Write(Current(), whole);
  EXPECT_OK(database->VerifyChecksums());
}

TEST_F(ManifestSumTest, OneThatIsDamagedItselfIsNamed) {
  Write(Current() + ".sum", "no sum");
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr(".sum is damaged")));
}

TEST_F(ManifestSumTest, CurrentMustNameAManifest) {
  for (const std::string& contents :
       {std::string(16, '\0'), std::string("MANIFEST-00000"), std::string("MANIFEST-\n"),
        std::string("../HEAD\n"), std::string()}) {
    Write(path() + "/CURRENT", contents);
    EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("CURRENT is damaged")));
  }
}

TEST_F(ManifestSumTest, AnOtherProgramsManifestNeedsNone) {
  std::filesystem::remove(Current() + ".sum");
  EXPECT_OK(Open());
  EXPECT_THAT(FilesLike(".sum"), SizeIs(1));
}

TEST_F(ManifestSumTest, WhatIsAppendedLaterIsNoDamage) {
  Write(Current(), Read(Current()) + "more");
  EXPECT_OK(CheckManifest(path()));
}

TEST_F(ManifestSumTest, ADraftThatACrashLeftIsReplaced) {
  const std::string draft = path() + "/MANIFEST.sum.new";
  Write(draft, "draft");
  EXPECT_OK(WriteManifestSum(path(), std::filesystem::path(Current()).filename().string()));
  EXPECT_FALSE(std::filesystem::exists(draft));
  EXPECT_OK(CheckManifest(path()));
}

}  // namespace
}  // namespace annals::storage
