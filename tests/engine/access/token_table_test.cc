#include "engine/access/token_table.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/storage/store_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TokenTableTest : public ::testing::Test {
 protected:
  TokenTableTest() {
    EXPECT_OK(storage::StoreFolder::Create(path()));
    Open();
  }

  std::string path() const { return folder_.path() + "/store"; }

  void Open() {
    tokens_.reset();
    store_.reset();
    auto store = storage::StoreFolder::Open(path(), {});
    ASSERT_OK(store);
    store_ = *std::move(store);
    auto tokens = TokenTable::Open(store_.get(), &clock_);
    ASSERT_OK(tokens);
    tokens_ = *std::move(tokens);
  }

  static v1::CreateTokenRequest Request(v1::Role role, std::vector<std::string> timelines = {"t"},
                                        std::string name = "Ana") {
    v1::CreateTokenRequest request;
    request.set_name(std::move(name));
    request.set_role(role);
    for (std::string& timeline : timelines) request.add_timelines(std::move(timeline));
    return request;
  }

  v1::CreateTokenResponse Create(v1::Role role, std::vector<std::string> timelines = {"t"}) {
    const auto made = tokens_->Create(Request(role, std::move(timelines)));
    EXPECT_OK(made);
    return made.ok() ? *made : v1::CreateTokenResponse();
  }

  testing::TemporaryDirectory folder_;
  testing::FakeClock clock_{Instant{1'000'000'000}};
  std::unique_ptr<storage::StoreFolder> store_;
  std::unique_ptr<TokenTable> tokens_;
};

TEST_F(TokenTableTest, LetsItsBearerInAlsoAfterReopening) {
  const v1::CreateTokenResponse made = Create(v1::WRITER);
  for (int round = 0; round < 2; ++round) {
    const auto principal = tokens_->Authenticate(made.secret());
    ASSERT_OK(principal);
    EXPECT_EQ((*principal)->token().name(), "Ana");
    EXPECT_EQ((*principal)->id(), made.token().id());
    EXPECT_OK((*principal)->CheckMay(v1::WRITER, "t"));
    Open();
  }
}

TEST_F(TokenTableTest, RefusesEveryOtherText) {
  const std::string secret = Create(v1::READER).secret();
  std::vector<std::string> others = {"",
                                     "annals_",
                                     "annals__",
                                     secret.substr(0, 16),
                                     secret + "A",
                                     secret.substr(0, secret.size() - 1),
                                     "Bearer " + secret};
  for (size_t i = 0; i < secret.size(); ++i) {
    others.push_back(secret);
    others.back()[i] = secret[i] == 'x' ? 'y' : 'x';
  }
  for (const std::string& other : others) {
    EXPECT_THAT(tokens_->Authenticate(other), StatusIs(StatusCode::kUnauthenticated, ::testing::_))
        << other;
  }
}

TEST_F(TokenTableTest, SecretsAreRandomAndNotKept) {
  std::set<std::string> secrets;
  for (int i = 0; i < 50; ++i) secrets.insert(Create(v1::READER).secret());
  EXPECT_EQ(secrets.size(), 50);
  for (const std::string& secret : secrets) EXPECT_EQ(secret.size(), 7 + 8 + 1 + 43);
  storage::Cursor rows = store_->database()->Scan(storage::Family::kMeta, "", "");
  for (rows.SeekToFirst(); rows.Valid(); rows.Next()) {
    for (const std::string& secret : secrets) {
      EXPECT_FALSE(absl::StrContains(rows.value(), secret.substr(16)));
    }
  }
}

TEST_F(TokenTableTest, ARevokedOneIsOfNoMoreUse) {
  const v1::CreateTokenResponse made = Create(v1::ADMIN, {"*"});
  const auto principal = tokens_->Authenticate(made.secret());
  ASSERT_OK(principal);
  EXPECT_OK(tokens_->Revoke(made.token().id()));
  EXPECT_THAT((*principal)->CheckMay(v1::READER, "t"),
              StatusIs(StatusCode::kUnauthenticated, HasSubstr("revoked")));
  EXPECT_THAT(tokens_->Revoke(made.token().id()), StatusIs(StatusCode::kNotFound, ::testing::_));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(tokens_->Authenticate(made.secret()),
                StatusIs(StatusCode::kUnauthenticated, ::testing::_));
    EXPECT_THAT(tokens_->List().tokens(), IsEmpty());
    Open();
  }
}

TEST_F(TokenTableTest, SaysWhatARoleLacks) {
  const auto reader = tokens_->Authenticate(Create(v1::READER, {"a", "b"}).secret());
  ASSERT_OK(reader);
  EXPECT_OK((*reader)->CheckMay(v1::READER, "b"));
  EXPECT_THAT(
      (*reader)->CheckMay(v1::WRITER, "b"),
      StatusIs(StatusCode::kPermissionDenied, HasSubstr("a reader's; this takes a writer's")));
  EXPECT_THAT((*reader)->CheckMay(v1::READER, "c"),
              StatusIs(StatusCode::kPermissionDenied, HasSubstr("not for the timeline \"c\"")));
  EXPECT_THAT((*reader)->CheckMay(v1::READER, kAllTimelines),
              StatusIs(StatusCode::kPermissionDenied, HasSubstr("some timelines only")));
  const auto admin = tokens_->Authenticate(Create(v1::ADMIN, {"*"}).secret());
  ASSERT_OK(admin);
  EXPECT_OK((*admin)->CheckMay(v1::ADMIN, kAllTimelines));
  EXPECT_OK((*admin)->CheckMay(v1::WRITER, "c"));
}

TEST_F(TokenTableTest, RefusesWhatNoTokenCanBe) {
  const std::vector<v1::CreateTokenRequest> bad = {
      Request(v1::ROLE_UNSPECIFIED),
      Request(static_cast<v1::Role>(9)),
      Request(v1::READER, {}),
      Request(v1::READER, {""}),
      Request(v1::READER, {"t\n"}),
      Request(v1::READER, {"t"}, ""),
      Request(v1::READER, {"t"}, std::string(101, 'n')),
      Request(v1::READER, std::vector<std::string>(101, "t"))};
  for (const v1::CreateTokenRequest& request : bad) {
    EXPECT_THAT(tokens_->Create(request), StatusIs(StatusCode::kInvalidArgument, ::testing::_))
        << request.ShortDebugString();
  }
  EXPECT_TRUE(tokens_->empty());
}

TEST_F(TokenTableTest, ListsThemById) {
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(Create(v1::READER).token().id());
  std::vector<std::string> listed;
  const v1::ListTokensResponse response = tokens_->List();
  for (const v1::Token& token : response.tokens()) listed.push_back(token.id());
  EXPECT_THAT(listed, ::testing::ElementsAreArray(made));
}

// A token that was revoked must not be good again because a log's end got lost.
TEST_F(TokenTableTest, ALostRevocationIsNoticed) {
  ASSERT_OK(tokens_->Revoke(Create(v1::ADMIN).token().id()));
  tokens_.reset();
  store_.reset();
  int logs = 0;
  for (const auto& file : std::filesystem::directory_iterator(path() + "/db")) {
    if (file.path().extension() != ".log" || file.file_size() == 0) continue;
    std::filesystem::resize_file(file.path(), file.file_size() - 1);
    ++logs;
  }
  ASSERT_EQ(logs, 1);
  EXPECT_THAT(storage::StoreFolder::Open(path(), {}),
              StatusIs(StatusCode::kDataLoss, HasSubstr("of tokens, is missing")));
}

TEST_F(TokenTableTest, ADamagedRowIsDataLoss) {
  const v1::CreateTokenResponse made = Create(v1::READER);
  storage::Batch batch;
  batch.Put(storage::Family::kMeta, absl::StrCat("token/", made.token().id()), "\xff\xff");
  ASSERT_OK(store_->database()->Write(std::move(batch), storage::Durability::kSynced));
  EXPECT_THAT(TokenTable::Open(store_.get(), &clock_),
              StatusIs(StatusCode::kDataLoss, HasSubstr(made.token().id())));
}

TEST(PrincipalTest, ThisMachineMayDoAnything) {
  EXPECT_OK(Principal::OfThisMachine()->CheckMay(v1::ADMIN, kAllTimelines));
  EXPECT_OK(Principal::OfThisMachine()->CheckMay(v1::READER, "t"));
}

}  // namespace
}  // namespace annals
