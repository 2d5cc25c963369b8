#include "tests/end_to_end/http_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/rest/caller.h"
#include "server/rest/verbs.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {

HttpStore::HttpStore(std::unique_ptr<Store> store, std::unique_ptr<std::vector<Domain>> domains)
    : service_(std::move(store), std::move(domains)) {
  http::Router router;
  router.SetAdmission([](http::Request* request) {
    rest::SetCaller(Principal::OfThisMachine(), request);
    return absl::OkStatus();
  });
  rest::AddVerbRoutes(&guarded_, &pool_, &router);
  auto server = http::HttpServer::Start({}, std::move(router));
  EXPECT_OK(server);
  if (server.ok()) server_ = *std::move(server);
}

std::string HttpStore::url() const {
  return absl::StrCat("http://127.0.0.1:", server_ == nullptr ? 0 : server_->port());
}

}  // namespace annals::testing
