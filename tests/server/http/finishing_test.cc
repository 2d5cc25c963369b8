#include "server/http/finishing.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::http {
namespace {

using ::testing::HasSubstr;

class FinishingTest : public ::testing::Test {
 protected:
  Response Finish(Response response) {
    FinishResponse(request_, options_, &response);
    return response;
  }
  static Response Large() {
    Response response = Response::Of("application/json", std::string(10'000, '1'));
    response.headers.Add("ETag", "\"abc\"");
    return response;
  }

  Request request_;
  FinishingOptions options_;
};

TEST_F(FinishingTest, CompressesWhatTheClientTakesUnderAnETagOfItsOwn) {
  request_.headers.Add("Accept-Encoding", "gzip");
  const Response response = Finish(Large());
  EXPECT_LT(response.body_bytes(), 1000);
  EXPECT_EQ(response.headers.Joined("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.Joined("ETag"), "\"abc-gzip\"");
  EXPECT_EQ(response.headers.Joined("Vary"), "Accept-Encoding");
}

TEST_F(FinishingTest, LeavesAsTheyAreSmallBodiesAndThoseOfOtherTypes) {
  request_.headers.Add("Accept-Encoding", "gzip, zstd");
  const Response small = Finish(Response::Of("application/json", std::string(1000, '1')));
  EXPECT_EQ(small.body_bytes(), 1000);
  // A cache must still know that a longer one would have differed.
  EXPECT_EQ(small.headers.Joined("Vary"), "Accept-Encoding");
  const Response picture = Finish(Response::Of("image/png", std::string(10'000, '1')));
  EXPECT_EQ(picture.body_bytes(), 10'000);
  EXPECT_EQ(picture.headers.Joined("Vary"), "");
  request_.headers.Set("Accept-Encoding", "br");
  EXPECT_EQ(Finish(Large()).headers.Joined("ETag"), "\"abc\"");
}

TEST_F(FinishingTest, AnswersNotModifiedToWhoeverHasIt) {
  for (const std::string& known :
       std::vector<std::string>{"\"abc\"", "\"x\", \"abc\"", "W/\"abc\"", "\"abc-zstd\"", "*"}) {
    request_.headers.Set("If-None-Match", known);
    const Response response = Finish(Large());
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.body_bytes(), 0) << known;
    EXPECT_EQ(response.headers.Joined("ETag"), "\"abc\"") << known;
    EXPECT_EQ(response.headers.Joined("Vary"), "Accept-Encoding") << known;
  }
}

TEST_F(FinishingTest, AnswersInFullToWhoeverHasAnother) {
  request_.headers.Set("If-None-Match", "\"abcd\", \"ab\"");
  EXPECT_EQ(Finish(Large()).status, 200);
  request_.headers.Set("If-None-Match", "\"abc\"");
  request_.method = Method::kPost;
  EXPECT_EQ(Finish(Large()).status, 200);
  request_.method = Method::kGet;
  Response failed = Large();
  failed.status = 500;
  EXPECT_EQ(Finish(std::move(failed)).status, 500);
}

TEST_F(FinishingTest, SaysNothingOfOriginsUnlessConfigured) {
  request_.headers.Add("Origin", "https://example.org");
  const Response response = Finish(Response::Of("text/plain", "hello"));
  EXPECT_EQ(response.headers.Count("Access-Control-Allow-Origin"), 0);
}

TEST_F(FinishingTest, LetsTheConfiguredOriginsReadAnswers) {
  options_.cors.allowed_origins = {"https://example.org"};
  request_.headers.Set("Origin", "https://example.org");
  const Response allowed = Finish(Response::Of("image/png", "hello"));
  EXPECT_EQ(allowed.headers.Joined("Access-Control-Allow-Origin"), "https://example.org");
  EXPECT_THAT(allowed.headers.Joined("Access-Control-Expose-Headers"), HasSubstr("ETag"));
  EXPECT_EQ(allowed.headers.Joined("Vary"), "Origin");
  request_.headers.Set("Origin", "https://example.org.evil.example");
  const Response other = Finish(Response::Of("image/png", "hello"));
  EXPECT_EQ(other.headers.Count("Access-Control-Allow-Origin"), 0);
  EXPECT_EQ(other.headers.Joined("Vary"), "Origin");
}

TEST_F(FinishingTest, AnswersPreflights) {
  options_.cors.allowed_origins = {"https://example.org"};
  request_.method = Method::kOptions;
  request_.headers.Set("Origin", "https://example.org");
  request_.headers.Set("Access-Control-Request-Method", "POST");
  Response options;
  options.status = 204;
  options.headers.Add("Allow", "OPTIONS, POST");
  const Response response = Finish(std::move(options));
  EXPECT_EQ(response.headers.Joined("Access-Control-Allow-Methods"), "OPTIONS, POST");
  EXPECT_THAT(response.headers.Joined("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
  EXPECT_EQ(response.headers.Count("Access-Control-Allow-Credentials"), 0);
}

}  // namespace
}  // namespace annals::http
