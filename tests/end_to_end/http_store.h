// HttpStore: a store behind a server on this machine.
#ifndef ANNALS_TESTS_END_TO_END_HTTP_STORE_H_
#define ANNALS_TESTS_END_TO_END_HTTP_STORE_H_

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "engine/service/guarded_store.h"
#include "server/http/server.h"
#include "tests/end_to_end/loopback_service.h"

namespace annals::testing {

// Answers the verbs over HTTP while it lives, and has the store open. Listings come a
// few events a page.
class HttpStore {
 public:
  // `domains` are the store's.
  HttpStore(std::unique_ptr<Store> store, std::unique_ptr<std::vector<Domain>> domains);

  std::string url() const;

 private:
  // In the order in which they need each other: the last is destroyed first.
  LoopbackService service_;
  GuardedStore guarded_{.service = &service_};
  boost::asio::thread_pool pool_{2};
  std::unique_ptr<http::HttpServer> server_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_END_TO_END_HTTP_STORE_H_
