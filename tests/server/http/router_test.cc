#include "server/http/router.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    Add(Method::kGet, "/v1/timelines");
    Add(Method::kGet, "/v1/timelines/{timeline}/events/latest");
    Add(Method::kGet, "/v1/timelines/{timeline}/events/{position}");
    Add(Method::kPost, "/v1/timelines/{timeline}/events");
    Add(Method::kGet, "/v1/timelines/{timeline}/events");
  }

  void Add(Method method, const std::string& pattern) {
    router_.Add(method, pattern, Immediately([pattern](const Request& request) {
                  std::string body = pattern;
                  for (const auto& [name, value] : request.parameters) {
                    absl::StrAppend(&body, " ", name, "=", value);
                  }
                  return Response::Of("text/plain", body);
                }));
  }

  absl::StatusOr<Response> Ask(Method method, absl::string_view target) {
    Request request;
    request.method = method;
    request.target = std::string(target);
    request.path = ParseTarget(target)->path;
    absl::StatusOr<Response> answer;
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, router_.Answer(&request),
                          [&answer](const std::exception_ptr&, absl::StatusOr<Response> given) {
                            answer = std::move(given);
                          });
    loop.run();
    return answer;
  }
  std::string Body(absl::string_view target) {
    const auto answer = Ask(Method::kGet, target);
    return answer.ok() && answer->body != nullptr ? *answer->body : answer.status().ToString();
  }

  Router router_;
};

TEST_F(RouterTest, MatchesSegmentsAndDecodesParameters) {
  EXPECT_EQ(Body("/v1/timelines"), "/v1/timelines");
  EXPECT_EQ(Body("/v1/timelines/a%2Fb/events/7"),
            "/v1/timelines/{timeline}/events/{position} timeline=a/b position=7");
  EXPECT_EQ(Body("/v1/timelines/t/events/latest"),
            "/v1/timelines/{timeline}/events/latest timeline=t");
}

TEST_F(RouterTest, KnowsNothingOfOtherPaths) {
  for (const absl::string_view path : {"/", "/v1", "/v1/timelines/", "/v1/timelines//events",
                                       "/v1/timelines/t/events/1/2", "/V1/timelines"}) {
    EXPECT_THAT(Ask(Method::kGet, path), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  }
}

TEST_F(RouterTest, RefusesOtherMethodsAndNamesThoseThatAreAllowed) {
  ASSERT_OK_AND_ASSIGN(const Response response, Ask(Method::kDelete, "/v1/timelines/t/events"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.Joined("Allow"), "OPTIONS, POST, GET, HEAD");
  EXPECT_THAT(*response.body, HasSubstr("DELETE is not for /v1/timelines/{timeline}/events"));
}

TEST_F(RouterTest, AnswersHeadAsGetAndOptionsByItself) {
  EXPECT_THAT(Ask(Method::kHead, "/v1/timelines"), IsOk());
  ASSERT_OK_AND_ASSIGN(const Response options, Ask(Method::kOptions, "/v1/timelines/t/events"));
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.Joined("Allow"), "OPTIONS, POST, GET, HEAD");
  ASSERT_OK_AND_ASSIGN(const Response all, Ask(Method::kOptions, "*"));
  EXPECT_EQ(all.status, 204);
}

}  // namespace
}  // namespace annals::http
