#include "engine/privacy/subject_keys.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

class SubjectKeysTest : public ::testing::Test {
 protected:
  SubjectKeysTest() { std::filesystem::create_directory(directory_.path() + "/store"); }

  std::string folder() const { return directory_.path() + "/store/keys/subjects"; }
  static int ModeOf(const std::string& path) {
    struct stat what = {};
    EXPECT_EQ(::stat(path.c_str(), &what), 0) << path;
    return what.st_mode & 0777;
  }
  static SubjectKeyPtr KeyOf(SubjectKeys* keys, const std::string& subject,
                             const std::string& timeline = "t") {
    absl::StatusOr<SubjectKeyPtr> key = keys->FindOrMake(timeline, subject);
    EXPECT_OK(key);
    return *std::move(key);
  }

  testing::TemporaryDirectory directory_;
};

TEST_F(SubjectKeysTest, KeyIsMadeOnceForEachTimelineAndSubject) {
  SubjectKeys keys(folder());
  const SubjectKeyPtr ana = KeyOf(&keys, "Ana");
  EXPECT_EQ(KeyOf(&keys, "Ana")->Fingerprint(), ana->Fingerprint());
  EXPECT_NE(KeyOf(&keys, "Luis")->Fingerprint(), ana->Fingerprint());
  EXPECT_NE(KeyOf(&keys, "Ana", "u")->id(), ana->id());
  SubjectKeys reopened(folder());
  EXPECT_EQ(KeyOf(&reopened, "Ana")->Fingerprint(), ana->Fingerprint());
  EXPECT_EQ(reopened.FindById(ana->id())->Fingerprint(), ana->Fingerprint());
}

TEST_F(SubjectKeysTest, FilesAreForTheirOwnerAndDontNameTheSubject) {
  SubjectKeys keys(folder());
  const SubjectKeyPtr ana = KeyOf(&keys, "Ana");
  EXPECT_EQ(ModeOf(folder()), 0700);
  EXPECT_EQ(ModeOf(folder() + "/names"), 0600);
  EXPECT_EQ(ModeOf(folder() + "/" + ana->id()), 0600);
  // Under another naming key the same subject has another name.
  SubjectKeys elsewhere(directory_.path() + "/store/other/subjects");
  EXPECT_NE(KeyOf(&elsewhere, "Ana")->id(), ana->id());
}

TEST_F(SubjectKeysTest, AskingMakesNothing) {
  SubjectKeys keys(folder());
  EXPECT_THAT(keys.Find("t", "Ana"), testing::IsOkAndHolds(nullptr));
  EXPECT_EQ(keys.FindById("00112233445566778899aabbccddeeff"), nullptr);
  EXPECT_EQ(keys.FindById("../names"), nullptr);
  EXPECT_FALSE(std::filesystem::exists(folder()));
}

TEST_F(SubjectKeysTest, DestroyedKeyIsGoneAndTheNextIsAnother) {
  SubjectKeys keys(folder());
  const SubjectKeyPtr ana = KeyOf(&keys, "Ana");
  const SubjectKeyPtr luis = KeyOf(&keys, "Luis");
  ASSERT_OK(keys.Destroy(ana->id(), ana->Fingerprint()));
  EXPECT_EQ(keys.FindById(ana->id()), nullptr);
  EXPECT_FALSE(std::filesystem::exists(folder() + "/" + ana->id()));
  EXPECT_NE(keys.FindById(luis->id()), nullptr);
  const SubjectKeyPtr later = KeyOf(&keys, "Ana");
  EXPECT_EQ(later->id(), ana->id());
  EXPECT_NE(later->Fingerprint(), ana->Fingerprint());
  // Destroying the first key again, as after a crash, leaves the second.
  ASSERT_OK(keys.Destroy(ana->id(), ana->Fingerprint()));
  EXPECT_EQ(keys.FindById(ana->id())->Fingerprint(), later->Fingerprint());
}

TEST_F(SubjectKeysTest, DamagedKeySealsNothingAndReadsAsLost) {
  std::string id;
  {
    SubjectKeys keys(folder());
    id = KeyOf(&keys, "Ana")->id();
  }
  std::ofstream(folder() + "/" + id, std::ios::trunc) << "short";
  SubjectKeys keys(folder());
  EXPECT_EQ(keys.FindById(id), nullptr);
  EXPECT_THAT(keys.FindOrMake("t", "Ana"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(id)));
}

}  // namespace
}  // namespace annals
