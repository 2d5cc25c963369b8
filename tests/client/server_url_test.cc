#include "client/server_url.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ServerUrlTest, ReadsEveryPart) {
  ASSERT_OK_AND_ASSIGN(const ServerUrl plain, ServerUrl::Parse("http://127.0.0.1:7171"));
  EXPECT_FALSE(plain.is_tls);
  EXPECT_EQ(plain.host, "127.0.0.1");
  EXPECT_EQ(plain.port, "7171");
  EXPECT_EQ(plain.path, "");
  ASSERT_OK_AND_ASSIGN(const ServerUrl tls, ServerUrl::Parse("HTTPS://history.example/annals/"));
  EXPECT_TRUE(tls.is_tls);
  EXPECT_EQ(tls.host, "history.example");
  EXPECT_EQ(tls.port, "443");
  EXPECT_EQ(tls.path, "/annals");
  EXPECT_EQ(tls.Authority(), "history.example");
  EXPECT_EQ(tls.ToString(), "https://history.example/annals");
  ASSERT_OK_AND_ASSIGN(const ServerUrl six, ServerUrl::Parse("http://[::1]:7171/"));
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.ToString(), "http://[::1]:7171");
}

TEST(ServerUrlTest, RefusesWhatIsNoUrlOfAServer) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "http:// nor https://"},
      {"127.0.0.1:7171", "http:// nor https://"},
      {"ftp://h", "http:// nor https://"},
      {"http://", "no host"},
      {"http://:80", "no host"},
      {"http://h\r\nX: y", "no host"},
      {"http://h:0", "port"},
      {"http://h:", "port"},
      {"http://h:65536", "port"},
      {"http://h:99999999999999999999", "port"},
      {"http://h:-1", "port"},
      {"http://[::1", "without its ]"},
      {"http://[::1]x", "after its ]"},
      {"http://[h]", "no address"},
      {"http://h/a b", "path"},
      {"http://h?token=s3cret", "query"},
      {"http://h/#a", "fragment"},
  };
  for (const auto& [url, why] : bad) {
    EXPECT_THAT(ServerUrl::Parse(url).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)))
        << url;
  }
}

TEST(ServerUrlTest, ASecretInAUrlIsRefusedAndNotShown) {
  for (const char* url : {"http://me:s3cret@h", "https://s3cret@h/x", "http://h/?token=s3cret"}) {
    EXPECT_THAT(ServerUrl::Parse(url).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("token"), Not(HasSubstr("s3cret")))))
        << url;
  }
}

}  // namespace
}  // namespace annals
