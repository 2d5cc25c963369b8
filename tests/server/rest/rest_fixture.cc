#include "tests/server/rest/rest_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {

using http::RawClient;
using http::RawResponse;

void RestTest::SetUp() {
  StoreServiceTest::SetUp();
  Serve({});
}

void RestTest::Serve(AnnalsServerOptions options) {
  server_.reset();
  options.http.port = 0;
  options.hosts.push_back("h");
  options.clock = &opened_.clock();
  ASSERT_OK_AND_ASSIGN(server_, AnnalsServer::Start(&opened_.store(), options));
}

RawResponse RestTest::Get(absl::string_view target, absl::string_view headers) {
  return Following(target, headers)->Read();
}

RawResponse RestTest::Post(absl::string_view target, absl::string_view type, absl::string_view body,
                           absl::string_view headers) {
  RawClient client(server_->http().port);
  client.Send(absl::StrCat("POST ", target, " HTTP/1.1\r\nHost: h\r\nContent-Type: ", type,
                           "\r\nContent-Length: ", body.size(), "\r\n", headers, "\r\n", body));
  return client.Read();
}

RawResponse RestTest::Call(absl::string_view verb, const google::protobuf::Message& request) {
  return Post(absl::StrCat("/v1/verbs/", verb), "application/protobuf",
              request.SerializeAsString());
}

std::unique_ptr<RawClient> RestTest::Following(absl::string_view target,
                                               absl::string_view headers) {
  auto client = std::make_unique<RawClient>(server_->http().port);
  client->Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n", headers, "\r\n"));
  return client;
}

std::string LinkOf(const RawResponse& response, absl::string_view relation) {
  const auto link = response.headers.find("link");
  if (link == response.headers.end()) return "";
  const size_t end = link->second.find(absl::StrCat(">; rel=\"", relation, "\""));
  if (end == std::string::npos) return "";
  const size_t begin = link->second.rfind('<', end) + 1;
  return link->second.substr(begin, end - begin);
}

}  // namespace annals::testing
