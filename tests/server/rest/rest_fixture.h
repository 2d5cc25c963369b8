// RestTest: a store with the timeline "sea", and a server over it.
#ifndef ANNALS_TESTS_SERVER_REST_REST_FIXTURE_H_
#define ANNALS_TESTS_SERVER_REST_REST_FIXTURE_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/annals_server.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/server/http/raw_client.h"

namespace annals::testing {

// Headers are whole lines, each with its end.
class RestTest : public StoreServiceTest {
 protected:
  void SetUp() override;

  // Stops the server that there is, and starts one, on any port, for the host "h".
  void Serve(AnnalsServerOptions options);

  http::RawResponse Get(absl::string_view target, absl::string_view headers = "");
  http::RawResponse Post(absl::string_view target, absl::string_view type, absl::string_view body,
                         absl::string_view headers = "");
  // A verb with its message as protobuf.
  http::RawResponse Call(absl::string_view verb, const google::protobuf::Message& request);

  // A connection that has sent a GET.
  std::unique_ptr<http::RawClient> Following(absl::string_view target,
                                             absl::string_view headers = "");

  AnnalsServer& server() { return *server_; }

 private:
  std::unique_ptr<AnnalsServer> server_;
};

// The target of the Link header with that relation; empty if there is none.
std::string LinkOf(const http::RawResponse& response, absl::string_view relation);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_SERVER_REST_REST_FIXTURE_H_
